"""Which rows of the query log an admin looks at: read from words, and made into the log's Filter."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Literal, Self

from bot.log.database import Filter

Period = Literal["all", "today", "week"]
Switch = Literal["today", "week", "unanswered", "downvoted"]

SWITCHES: tuple[Switch, ...] = ("today", "week", "unanswered", "downvoted")
LONGEST_WORD = 60  # characters

_SAID: dict[str, Switch] = {
    "今天": "today",
    "today": "today",
    "7天": "week",
    "7d": "week",
    "未答": "unanswered",
    "unanswered": "unanswered",
    "👎": "downvoted",
}
_ASKER = re.compile(r"#([0-9a-f]{1,16})", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Selection:
    """`asker` is the beginning of a keyed hash; `word` stands in the question."""

    period: Period = "all"
    unanswered: bool = False
    downvoted: bool = False
    asker: str = ""
    word: str = ""

    @classmethod
    def of(cls, text: str) -> Self:
        """Read what somebody typed, such as `7天 未答 #a1b2 茶`; what is no switch or asker is the word."""
        selection, rest = cls(), []
        for word in text.replace("7 天", "7天").split():
            if (switch := _SAID.get(word.lower())) is not None:
                selection = selection if selection.has(switch) else selection.switched(switch)
            elif asker := _ASKER.fullmatch(word):
                selection = replace(selection, asker=asker[1].lower())
            else:
                rest.append(word)
        # Only what a message can show, which the buttons under it read the word from.
        shown = "".join(filter(str.isprintable, " ".join(rest)))
        return replace(selection, word=" ".join(shown[:LONGEST_WORD].split()))

    def has(self, switch: Switch) -> bool:
        match switch:
            case "unanswered":
                return self.unanswered
            case "downvoted":
                return self.downvoted
            case period:
                return self.period == period

    def switched(self, switch: Switch) -> Self:
        """Turn a switch on or off; the two periods exclude each other."""
        match switch:
            case "unanswered":
                return replace(self, unanswered=not self.unanswered)
            case "downvoted":
                return replace(self, downvoted=not self.downvoted)
            case period:
                return replace(self, period="all" if self.period == period else period)

    def filter(self) -> Filter:
        """Make the log's Filter as of now; days are this machine's and include today."""
        today = datetime.combine(datetime.now().astimezone().date(), time())
        since = {"all": None, "today": today, "week": today - timedelta(6)}[self.period]
        return Filter(
            unanswered=self.unanswered,
            downvoted=self.downvoted,
            since=since and since.astimezone(),
            word=self.word or None,
            asker=self.asker or None,
        )


EVERYTHING = Selection()
