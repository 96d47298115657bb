"""The webhook takes Telegram's calls and no others, and each update once and for good."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, closing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

import bot.chores
import bot.incoming.inbox
import bot.incoming.webhook
import bot.incoming.webhook_server
from bot.application import serve
from bot.health import check
from bot.incoming.webhook import secret_token
from bot.incoming.webhook_server import LARGEST_BODY, SECRET_HEADER
from bot.lifecycle import TokenRejectedError
from bot.settings import SANDBOX_TOKEN, SettingError
from tests.processes import TOKEN, start

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

QUESTION, ANSWER = "2020年干茶产量多少吨", "3100吨"
PATH = "/wenju"
SECRET = {SECRET_HEADER: secret_token(SANDBOX_TOKEN)}


def posted(asker: Person, update_id: int) -> dict[str, Any]:
    """Return an update: the asker's last message, had it been the question."""
    return {"update_id": update_id, "message": asker.messages[-1].json | {"text": QUESTION, "entities": []}}


@pytest.fixture
def address() -> tuple[str, int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        host, port = free.getsockname()
    return host, port


@pytest.fixture
def hook(address: tuple[str, int]) -> dict[str, Any]:
    """The settings of a bot with a webhook."""
    return {"webhook_url": f"http://127.0.0.1:{address[1]}{PATH}", "webhook_address": address}


Hooked = Callable[[], AbstractAsyncContextManager[None]]
"""Runs a bot with a webhook for a block of a test."""


@pytest.fixture
def hooked(hook: dict[str, Any], running: Callable[..., AbstractAsyncContextManager[None]]) -> Hooked:
    return partial(running, **hook)


@pytest.fixture
async def caller(hook: dict[str, Any], hooked: Hooked) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who calls the webhook of a running bot."""
    url = hook["webhook_url"].removesuffix(PATH)
    async with hooked(), httpx.AsyncClient(base_url=url, timeout=30, verify=False) as client:
        yield client


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Callable[[str], Awaitable[None]]:
    """Have the bot look after itself more often; wait until its health check says these words."""
    monkeypatch.setattr(bot.incoming.webhook, "LOOK_EVERY", 0.5)
    monkeypatch.setattr(bot.chores, "BEAT_EVERY", 0.1)

    async def says(words: str) -> None:
        async with asyncio.timeout(20):
            while words not in "".join(check(settings).reasons or ["正常"]):  # noqa: ASYNC110 - it is a file
                await asyncio.sleep(0.05)

    return says


@pytest.mark.usefixtures("caller")
async def test_a_question_is_answered(asker: Person, sandbox: Sandbox) -> None:
    """What Telegram posts is answered, and nothing is polled."""
    assert ANSWER in (await asker.ask(QUESTION)).text
    await asyncio.gather(*(asker.say(QUESTION) for _ in range(5)))
    await sandbox.until(lambda: len(asker.replies) == 6)
    assert sandbox.called("getUpdates") == []
    (call,) = sandbox.called("setWebhook")
    assert SANDBOX_TOKEN.partition(":")[2] not in json.dumps(call.params)


async def test_a_secret_is_needed(caller: httpx.AsyncClient, asker: Person, sandbox: Sandbox) -> None:
    """Without the secret, or with nearly it, an update is refused without a word and not looked at."""
    await asker.ask("/help")
    secret = secret_token(SANDBOX_TOKEN)
    others = [None, "", "sandbox", SANDBOX_TOKEN, secret_token(f"{SANDBOX_TOKEN}x"), "é" * 64]
    for shown in [*others, secret[:-1], f"{secret}0", f"{secret},", secret.upper(), secret[::-1]]:
        headers = [] if shown is None else [(SECRET_HEADER.encode(), shown.encode("latin-1"))]
        refused = await caller.post(PATH, json=posted(asker, 10**9), headers=headers)
        assert (refused.status_code, refused.content) == (403, b""), shown
    assert "18万册" in (await asker.ask("图书馆藏书多少册")).text
    assert len(sandbox.called("sendMessage")) == 2


async def test_another_path_is_not_there(caller: httpx.AsyncClient) -> None:
    """Only the URL's own path is served, and the secret makes no difference."""
    for path in ("/", "/wenju/", "/wenj", "/Wenju", "//wenju", "/wenju/x", "/wenju%2f", "/wenju;x"):
        for headers in ({}, SECRET):
            refused = await caller.post(path, json={"update_id": 1}, headers=headers)
            assert (refused.status_code, refused.content) == (404, b""), path


async def test_other_methods_are_refused(caller: httpx.AsyncClient) -> None:
    """Only POST is allowed, and the secret makes no difference."""
    for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "WHATEVER"):
        refused = await caller.request(method, PATH, json={"update_id": 1}, headers=SECRET)
        assert (refused.status_code, refused.content) == (405, b""), method


async def test_too_large_a_body_is_refused(
    caller: httpx.AsyncClient, asker: Person, sandbox: Sandbox
) -> None:
    """Whether its length is declared or it comes in chunks; a body of the full size is read."""

    async def chunked() -> AsyncIterator[bytes]:
        for _ in range(LARGEST_BODY // 4096):
            yield b" " * 4096
        yield b"{}"

    await asker.say("/help")
    body = json.dumps(posted(asker, 10**9)).encode()
    declared = await caller.post(PATH, content=body + b" " * LARGEST_BODY, headers=SECRET)
    in_chunks = await caller.post(PATH, content=chunked(), headers=SECRET)
    assert (declared.status_code, in_chunks.status_code) == (413, 413)
    full = await caller.post(PATH, content=body.ljust(LARGEST_BODY), headers=SECRET)
    assert full.status_code == 200
    await sandbox.until(lambda: ANSWER in asker.messages[-1].text)


async def test_a_refused_body_is_not_read(caller: httpx.AsyncClient) -> None:
    """Without the secret, or said to be too large, a call is refused by its head, its body still to come."""
    with_secret = f"{SECRET_HEADER}: {SECRET[SECRET_HEADER]}\r\n"
    for headers, status in (
        ("content-length: 100\r\n", b" 403 "),
        (f"{with_secret}content-length: {LARGEST_BODY + 1}\r\n", b" 413 "),
    ):
        reader, writer = await asyncio.open_connection(caller.base_url.host, caller.base_url.port)
        writer.write(f"POST {PATH} HTTP/1.1\r\nhost: x\r\n{headers}\r\n".encode())
        assert status in await asyncio.wait_for(reader.readline(), 20)
        writer.close()


HOSTILE = [
    b"",
    b"\xff\xfe",
    b"update_id=1",
    b"null",
    b"[]",
    b"[{}]",
    b'"text"',
    b"{}",
    b'{"update_id": null}',
    b'{"update_id": "1"}',
    b'{"update_id": 1.0}',
    b'{"update_id": true}',
    b'{"update_id": -1}',
    b'{"update_id": NaN}',
    b'{"update_id": 1, "message": Infinity}',
    b'{"update_id": ' + b"9" * 30 + b"}",
    b'{"update_id": ' + b"9" * 10_000 + b"}",
    b"[" * 100_000,
    b'{"update_id": 1, "message": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}",
    b'{"update_id": 1}{"update_id": 2}',
]


async def test_what_is_no_update_is_refused(caller: httpx.AsyncClient, asker: Person) -> None:
    """It is refused without a word, and the next question is answered."""
    for body in HOSTILE:
        refused = await caller.post(PATH, content=body, headers=SECRET)
        assert (refused.status_code, refused.content) == (400, b""), body[:30]
    assert ANSWER in (await asker.ask(QUESTION)).text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=9,
)
KINDS = st.sampled_from(
    ["message", "edited_message", "callback_query", "inline_query", "my_chat_member", "x"]
)
UPDATES = st.builds(
    lambda update_id, content: {"update_id": update_id} | content,
    st.integers(10**10, 2**70),
    st.dictionaries(KINDS, JSON, max_size=2),
)
BODIES = st.binary(max_size=200) | st.one_of(JSON, UPDATES).map(lambda value: json.dumps(value).encode())


@given(body=BODIES)
@hypothesis_settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_body_gets_a_status(caller: httpx.AsyncClient, body: bytes) -> None:
    """Whatever comes with the secret, even what no Telegram sends, is taken or refused without a word."""
    answered = await caller.post(PATH, content=body, headers=SECRET)
    assert answered.status_code in {200, 400}
    assert answered.content == b""
    assert (await caller.get(PATH)).status_code == 405


async def test_a_slow_client_keeps_nobody_out(
    monkeypatch: pytest.MonkeyPatch, hook: dict[str, Any], hooked: Hooked, asker: Person
) -> None:
    """Connections that send nothing, half a head or half a body make way for others, and end soon."""
    head = f"POST {PATH} HTTP/1.1\r\nhost: x\r\n{SECRET_HEADER}: {SECRET[SECRET_HEADER]}\r\n"
    begun = [b"", b"POST /we", f"{head}content-length: 9\r\n\r\n1".encode()]

    async def connect(count: int) -> list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        opened = [await asyncio.open_connection(*hook["webhook_address"]) for _ in range(count)]
        for place, (_, writer) in enumerate(opened):
            writer.write(begun[place % len(begun)])
        return opened

    monkeypatch.setattr(bot.incoming.webhook_server, "OPEN_CONNECTIONS", 20)
    monkeypatch.setattr(bot.incoming.webhook_server, "REQUEST_SECONDS", 60.0)
    async with hooked():
        crowd = await connect(60)
        assert ANSWER in (await asker.ask(QUESTION, timeout=60)).text
        assert sum(await asyncio.gather(*(has_ended(reader, 2) for reader, _ in crowd))) >= 40
        monkeypatch.setattr(bot.incoming.webhook_server, "REQUEST_SECONDS", 1.0)
        slow = await connect(len(begun))
        assert all(await asyncio.gather(*(has_ended(reader, 20) for reader, _ in slow)))
        for _, writer in crowd + slow:
            writer.close()


async def has_ended(reader: asyncio.StreamReader, seconds: float) -> bool:
    try:
        await asyncio.wait_for(reader.read(), seconds)
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    return True


async def test_nothing_is_confirmed_before_it_is_on_the_disk(
    caller: httpx.AsyncClient, settings: Settings, asker: Person
) -> None:
    """While the inbox cannot be written, Telegram hears nothing, also where it repeats the update."""
    await asker.ask("/help")
    with closing(sqlite3.connect(settings.inbox)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        update = posted(asker, 10**9)
        calls = [
            asyncio.create_task(caller.post(PATH, json=update, headers=SECRET, timeout=60)) for _ in range(3)
        ]
        done, _ = await asyncio.wait(calls, timeout=1)
        assert not done
        holder.rollback()
    assert {answered.status_code for answered in await asyncio.gather(*calls)} == {200}


async def test_a_repeated_update_is_answered_once(
    caller: httpx.AsyncClient, asker: Person, sandbox: Sandbox
) -> None:
    """Telegram repeats what it takes for not received: one after the other, or at the same time."""
    await asker.ask("/help")
    update = posted(asker, 10**9)
    answers = await asyncio.gather(*(caller.post(PATH, json=update, headers=SECRET) for _ in range(5)))
    answers += [await caller.post(PATH, json=update, headers=SECRET)]
    assert {answer.status_code for answer in answers} == {200}
    await asker.say("图书馆藏书多少册")
    both = ("18万册", ANSWER)
    await sandbox.until(lambda: all(any(text in reply.text for reply in asker.replies) for text in both))
    assert len([reply for reply in asker.replies if ANSWER in reply.text]) == 1


async def test_nothing_is_taken_without_room(
    monkeypatch: pytest.MonkeyPatch, caller: httpx.AsyncClient, asker: Person, sandbox: Sandbox
) -> None:
    """While the inbox is full, Telegram is told to try again, and does."""
    del caller
    monkeypatch.setattr(bot.incoming.inbox, "FULL", 0)
    await asker.say(QUESTION)
    webhook = sandbox.world.updates.webhook
    assert webhook is not None
    await sandbox.until(lambda: webhook.failed)
    assert webhook.failed is not None
    assert "503" in webhook.failed[1]
    assert asker.replies == []
    monkeypatch.undo()
    assert ANSWER in (await asker.next_reply()).text


async def test_killed_before_the_answer(folder: Path, telegram: Sandbox, address: tuple[str, int]) -> None:
    """What was taken, and not answered when the bot was killed, is answered after the restart, once."""
    asker = telegram.user()
    environment = {
        "WENJU_TOKEN": TOKEN,
        "WENJU_API_URL": telegram.url,
        "WENJU_WEBHOOK_URL": f"http://127.0.0.1:{address[1]}{PATH}",
        "WENJU_WEBHOOK_PORT": str(address[1]),
    }
    telegram.fail_next("sendMessage", 429, "Too Many Requests: retry after 60", 60)
    async with await start(folder, **environment) as process:
        await asker.say(QUESTION)
        await telegram.until(lambda: telegram.called("sendMessage"), 30)
        assert len(telegram.world.updates) == 0
        await process.end(signal.SIGKILL)
        assert asker.replies == []
    telegram.heal()
    async with await start(folder, **environment) as process:
        assert ANSWER in (await asker.next_reply(30)).text
        status, errors = await process.end(signal.SIGTERM)
    assert status == 0
    assert "Traceback" not in errors
    assert len(asker.replies) == 1


async def test_from_polling_to_the_webhook_and_back(
    hooked: Hooked,
    running: Callable[[], AbstractAsyncContextManager[None]],
    asker: Person,
    sandbox: Sandbox,
) -> None:
    """What is asked while the bot changes its ways is answered."""
    async with running():
        assert ANSWER in (await asker.ask(QUESTION)).text
    await asker.say(QUESTION)
    async with hooked():
        await sandbox.until(lambda: len(asker.replies) == 2)
    assert sandbox.world.updates.webhook is not None  # so Telegram keeps what is asked now
    await asker.say(QUESTION)
    async with running():
        await sandbox.until(lambda: len(asker.replies) == 3)
    assert all(ANSWER in reply.text for reply in asker.replies)


async def test_a_webhook_set_elsewhere_is_noticed(
    watched: Callable[[str], Awaitable[None]], hooked: Hooked, asker: Person, sandbox: Sandbox
) -> None:
    """Another program that takes the webhook away is named by the health check, and it is taken back."""
    async with hooked(), httpx.AsyncClient(verify=False) as other:
        await other.post(f"{sandbox.url}/bot{SANDBOX_TOKEN}/deleteWebhook")
        await watched("改动了 webhook")
        assert ANSWER in (await asker.ask(QUESTION)).text
        await watched("正常")


async def test_updates_that_do_not_arrive_are_noticed(
    watched: Callable[[str], Awaitable[None]], hooked: Hooked, asker: Person, sandbox: Sandbox
) -> None:
    """Where Telegram has updates and cannot deliver them, the health check says so with its reason."""
    async with hooked():
        webhook = sandbox.world.updates.webhook
        assert webhook is not None
        secret, webhook.secret = webhook.secret, "wrong"  # as behind a proxy that drops the header
        await asker.say(QUESTION)
        await watched("1 条消息送不到 webhook：Wrong response from the webhook: 403")
        webhook.secret = secret
        assert ANSWER in (await asker.next_reply()).text
        await watched("正常")


async def test_telegram_is_waited_for(hooked: Hooked, asker: Person, sandbox: Sandbox) -> None:
    """Where Telegram cannot be reached at the start, the webhook is set as soon as it can."""
    sandbox.fail_next("setWebhook", 502, "Bad Gateway")
    async with hooked():
        assert ANSWER in (await asker.ask(QUESTION)).text


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        ((401, "Unauthorized"), TokenRejectedError),
        ((400, "Bad Request: bad webhook: Failed to resolve host"), SettingError),
    ],
)
async def test_a_refusal_ends_the_bot(
    hook: dict[str, Any],
    settings: Settings,
    sandbox: Sandbox,
    refusal: tuple[int, str],
    error: type[Exception],
) -> None:
    """A token or a URL that Telegram refuses ends the bot in one line."""
    sandbox.fail_next("setWebhook", *refusal)
    with pytest.raises(error, match=r"^WENJU_"):
        await serve(replace(settings, **hook), asyncio.Event())


async def test_a_taken_port_ends_the_bot(hook: dict[str, Any], settings: Settings) -> None:
    """An address that another program has is named with its setting."""
    with (
        socket.create_server(hook["webhook_address"]),
        pytest.raises(SettingError, match="WENJU_WEBHOOK_PORT"),
    ):
        await serve(replace(settings, **hook), asyncio.Event())
