"""The rates at which a bot may send, and the 429 beyond them."""

from __future__ import annotations

import pytest
from telegram import Bot
from telegram.error import RetryAfter

from bot.sandbox.limits import RateLimiter
from bot.sandbox.server import Sandbox
from bot.sandbox.wire import ApiError
from bot.settings import SANDBOX_TOKEN


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def sent(limiter: RateLimiter, clock: Clock, chat: int, *, group: bool, seconds: int, every: float) -> int:
    """Return how many messages pass in so many seconds."""
    passed = 0
    while clock.now < seconds:
        try:
            limiter.admit(chat, group=group)
            passed += 1
        except ApiError:
            pass
        clock.now += every
    return passed


def test_a_private_chat_takes_one_message_a_second_after_a_short_burst(clock: Clock) -> None:
    limiter = RateLimiter(clock)
    for _ in range(3):
        limiter.admit(7, group=False)
    with pytest.raises(ApiError) as caught:
        limiter.admit(7, group=False)
    assert (caught.value.status, caught.value.retry_after) == (429, 3)
    assert sent(limiter, clock, 7, group=False, seconds=60, every=0.25) <= 60


def test_a_group_takes_twenty_messages_a_minute(clock: Clock) -> None:
    assert sent(RateLimiter(clock), clock, -100, group=True, seconds=60, every=0.5) == 20


def test_all_chats_together_take_thirty_messages_a_second(clock: Clock) -> None:
    limiter = RateLimiter(clock)
    for chat in range(30):
        limiter.admit(chat, group=False)
    with pytest.raises(ApiError, match="retry after 1"):
        limiter.admit(31, group=False)
    clock.now = 1.0
    limiter.admit(31, group=False)


def test_after_the_time_it_names_the_message_passes(clock: Clock) -> None:
    limiter = RateLimiter(clock)
    for _ in range(20):
        limiter.admit(-100, group=True)
    with pytest.raises(ApiError) as caught:
        limiter.admit(-100, group=True, messages=10)
    assert caught.value.retry_after is not None
    clock.now += caught.value.retry_after
    limiter.admit(-100, group=True, messages=10)


async def test_the_bot_learns_how_long_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over HTTP, python-telegram-bot raises RetryAfter; typing is no message and is not counted."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # else it warns of the type of `retry_after` to come
    async with Sandbox(rate_limits=True) as sandbox, Bot(SANDBOX_TOKEN, f"{sandbox.url}/bot") as bot:
        await sandbox.user(7).say("/start")
        for _ in range(3):
            await bot.send_chat_action(7, "typing")
            await bot.send_message(7, "你好")
        with pytest.raises(RetryAfter, match="Retry in 0:00:03"):
            await bot.send_message(7, "你好")
        assert sandbox.calls[-1].status == 429
