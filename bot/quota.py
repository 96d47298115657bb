"""How many questions a person may ask in a minute. It holds times in memory and sends nothing."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 60.0
PEOPLE = 10_000  # whose questions are remembered; of more, those who have been silent longest are forgotten


class Quota:
    """A sliding window of a minute for each person."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._asked: OrderedDict[int, deque[float]] = OrderedDict()

    def wait(self, person: int) -> float:
        """Count a question and return 0.0, or count nothing and return the seconds until one is free."""
        seconds = self.until_free(person)
        if not seconds:
            self._asked[person].append(self._clock())
        return seconds

    def until_free(self, person: int) -> float:
        """Return the seconds until a question is free, 0.0 where one is, and count nothing."""
        now = self._clock()
        asked = self._asked.setdefault(person, deque())
        self._asked.move_to_end(person)
        if len(self._asked) > PEOPLE:
            self._asked.popitem(last=False)
        while asked and asked[0] <= now - SECONDS:
            asked.popleft()
        return asked[0] + SECONDS - now if len(asked) >= self._per_minute else 0.0
