"""Faults on order and at random: a call that fails, is slow, or loses its connection."""

from __future__ import annotations

import random
from collections import defaultdict, deque
from dataclasses import dataclass

from bot.sandbox.wire import ApiError

SENDING = ("send", "edit", "copy", "forward")
"""What the methods begin with that put something into a chat."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`error` is answered instead of the result; `seconds` pass first; `drop` cuts the connection.

    With `after`, the call takes effect before the delay or the cut: the bot does not learn that it did.
    """

    error: ApiError | None = None
    seconds: float = 0.0
    drop: bool = False
    after: bool = False


NONE = Fault()
UNHEARD = Fault(drop=True, after=True)
RANDOM = (
    Fault(ApiError(429, "Too Many Requests: retry after 1", 1)),
    Fault(ApiError(500, "Internal Server Error")),
    Fault(ApiError(502, "Bad Gateway")),
    Fault(drop=True),
    Fault(seconds=0.3),
)


@dataclass(frozen=True, slots=True)
class Rates:
    """How often calls fail, from 0 to 1: sendings without effect, sendings with effect, and polls."""

    sends: float
    unheard: float
    polls: float

    def fault(self, method: str, dice: random.Random) -> Fault:
        """Throw the dice for a call of the method, its name in lower case."""
        thrown = dice.random()
        if method.startswith(SENDING):
            if thrown < self.sends:
                return dice.choice(RANDOM)
            return UNHEARD if thrown < self.sends + self.unheard else NONE
        return dice.choice(RANDOM) if method == "getupdates" and thrown < self.polls else NONE


class Faults:
    """The faults still to come, by method, `*` for any but getUpdates; where none is on order, at random."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = defaultdict(deque)
        self._rates = Rates(0, 0, 0)
        self._dice = random.Random()  # noqa: S311 - it guards no secret

    def add(self, method: str, fault: Fault, times: int) -> None:
        self._waiting[method.lower()].extend([fault] * times)

    def set_rates(self, rates: Rates, seed: int) -> None:
        self._rates = rates
        self._dice.seed(seed)

    def next(self, method: str) -> Fault:
        """Take the fault for this call; one that does nothing where none is due."""
        method = method.lower()
        for name in [method] if method == "getupdates" else [method, "*"]:
            if self._waiting[name]:
                return self._waiting[name].popleft()
        return self._rates.fault(method, self._dice)

    def clear(self) -> None:
        self._waiting.clear()
        self._rates = Rates(0, 0, 0)
