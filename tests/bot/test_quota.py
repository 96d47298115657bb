from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot import quota
from bot.quota import Quota


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_minute_slides() -> None:
    """A question counts for a minute; who is early is told how long to wait, and that counts nothing."""
    clock = Clock()
    limit = Quota(2, clock)
    assert limit.wait(7) == 0
    clock.now += 20
    assert limit.wait(7) == 0
    clock.now += 10
    assert [limit.wait(7), limit.wait(7)] == [30, 30]
    clock.now += 30
    assert limit.wait(7) == 0
    assert limit.wait(7) == 20


def test_each_person_has_their_own() -> None:
    """One who asks too much keeps nobody else waiting."""
    limit = Quota(1, Clock())
    assert limit.wait(1) == 0
    assert limit.wait(1) > 0
    assert limit.wait(2) == 0


@given(st.lists(st.tuples(st.integers(1, 4), st.floats(0, 40)), max_size=80), st.integers(1, 5))
def test_never_more_than_allowed(asked: list[tuple[int, float]], per_minute: int) -> None:
    """In no minute does anybody get more questions through than allowed."""
    clock = Clock()
    limit = Quota(per_minute, clock)
    passed: dict[int, list[float]] = {}
    for person, pause in asked:
        clock.now += pause
        if limit.wait(person) == 0:
            passed.setdefault(person, []).append(clock.now)
    for times in passed.values():
        for first, last in zip(times, times[per_minute:], strict=False):
            assert last >= first + quota.SECONDS


def test_memory_is_bounded() -> None:
    """Only so many people are remembered, those who asked last."""
    limit = Quota(1, Clock())
    for person in range(quota.PEOPLE + 5):
        limit.wait(person)
    assert len(limit._asked) == quota.PEOPLE
    assert limit.wait(quota.PEOPLE + 4) > 0


def test_a_look_counts_nothing() -> None:
    """Whether a question is free can be seen without asking one."""
    limit = Quota(1, Clock())
    assert [limit.until_free(7), limit.until_free(7), limit.wait(7)] == [0, 0, 0]
    assert limit.until_free(7) == quota.SECONDS
