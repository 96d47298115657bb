"""Faults on order: a call that fails, is slow, or loses its connection."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.sandbox.wire import ApiError


@dataclass(frozen=True, slots=True)
class Fault:
    """`error` is answered instead of the result; `seconds` pass first; `drop` cuts the connection.

    With `after`, the call takes effect before the delay or the cut: the bot does not learn that it did.
    """

    error: ApiError | None = None
    seconds: float = 0.0
    drop: bool = False
    after: bool = False


class Faults:
    """The faults still to come, by method; `*` stands for any method but getUpdates."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = defaultdict(deque)

    def add(self, method: str, fault: Fault, times: int) -> None:
        self._waiting[method.lower()].extend([fault] * times)

    def next(self, method: str) -> Fault:
        """Take the fault for this call; one that does nothing where none is on order."""
        names = [method.lower()] if method.lower() == "getupdates" else [method.lower(), "*"]
        for name in names:
            if self._waiting[name]:
                return self._waiting[name].popleft()
        return Fault()

    def clear(self) -> None:
        self._waiting.clear()
