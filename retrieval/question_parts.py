"""A question taken apart: its phrases, what it is about, and where what it asks begins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import dropwhile
from typing import TYPE_CHECKING, NamedTuple

from retrieval.word_roles import Role, Word, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.dictionary import Dictionary

Roles = frozenset[Role]

DATES: Roles = frozenset({"date"})
NAMES: Roles = frozenset({"topic", "area"})
PLACES: Roles = frozenset({"area", "scope"})
NOUNS: Roles = frozenset({"topic", "quantity"})
_SUBJECTS: Roles = NAMES | PLACES | NOUNS | frozenset({"aspect"})

_BRACKETS = "《》“”‘’「」『』〈〉()"
_COUNTED = re.compile(r"多少|几|有哪些")  # 有多少家企业 is about the 企业
# Measures of a thing, which are no part of what it is called.
_DIMENSION = re.compile(
    r"面积|[全总]长|[长高宽深]度|重量|里程|[户总]?人口|.*人数|年龄|寿命|身高|体重|票价|价格?|规模"
)


class Phrase(NamedTuple):
    """Neighbouring words of one role, as `text[start:end]` of their question."""

    text: str
    start: int
    end: int
    role: Role


@dataclass(frozen=True, slots=True)
class Parts:
    """Some words of the question `text`, in order."""

    text: str
    words: Sequence[Word]

    @property
    def asks(self) -> bool:
        return any(word.role == "asking" for word in self.words)

    @property
    def roles(self) -> Roles:
        return frozenset(word.role for word in self.words) - {"small"}

    def count(self, roles: Roles) -> int:
        return sum(word.role in roles for word in self.words)

    def split(self) -> tuple[Parts, Parts]:
        """Part what comes before from what is asked: the asking word, with the verb before it."""
        asking = next((number for number, word in enumerate(self.words) if word.role == "asking"), None)
        if asking is None:
            return self, Parts(self.text, ())
        start = asking
        while start and self.words[start - 1].role in {"verb", "small"}:
            start -= 1
        at = next((number for number in range(start, asking) if self.words[number].role == "verb"), asking)
        return Parts(self.text, self.words[:at]), Parts(self.text, self.words[at:])

    def named(self) -> str:
        """Return the text from the first to the last word that says something."""
        saying = [word for word in self.words if word.role != "small" or word.text in _BRACKETS]
        return self.text[saying[0].start : saying[-1].end] if saying else ""

    def without_asking(self) -> str:
        kept = [self.text[word.start : word.end] for word in self.words if word.role != "asking"]
        return "".join(kept).strip(" ?？,，、的是了")

    def phrases(self) -> list[Phrase]:
        """Join neighbouring words of one role; a quantity that a topic follows is a part of its name."""
        phrases: list[Phrase] = []
        for word in self.words:
            if word.role in {"small", "asking", "verb"}:
                continue
            last = phrases[-1] if phrases else None
            alike = last and (last.role == word.role or (last.role, word.role) == ("quantity", "topic"))
            start = phrases.pop().start if last and alike and last.end == word.start else word.start
            phrases.append(Phrase(self.text[start : word.end], start, word.end, word.role))
        return phrases

    def slots(self) -> list[Phrase]:
        """Return the dates and places that are named, and what else is named as one phrase."""
        slots: list[Phrase] = []
        for phrase in self.phrases():
            last = slots[-1] if slots else None
            alike = last and (last.role == phrase.role or {last.role, phrase.role} <= NOUNS)
            start = slots.pop().start if alike else phrase.start
            slots.append(Phrase(self.text[start : phrase.end], start, phrase.end, phrase.role))
        return slots

    def subject(self, *, measured: bool) -> str:
        """Return what the question is about: what comes before its predicate, or its verb's object.

        `measured` says whether a dimension at the end (`橘子洲的面积`) is a part of that.
        """
        head, asked = self.split()
        if not asked.words:
            return self.named()
        if not head.count(_SUBJECTS):
            return head.named() + asked.object_()
        words = head.words
        while Parts(self.text, words[:-1]).count(NAMES | {"scope"}) and (
            words[-1].role in {"small", "aspect"} or (_DIMENSION.fullmatch(words[-1].text) and not measured)
        ):
            words = words[:-1]
        return Parts(self.text, words).named() + asked.counted()

    def object_(self) -> str:
        """Return what follows the last verb or asking word that something follows."""
        for number in range(len(self.words), 0, -1):
            after = Parts(self.text, self.words[number:])
            if self.words[number - 1].role in {"asking", "verb"} and after.count(_SUBJECTS):
                return after.named()
        return ""

    def counted(self) -> str:
        """Return the noun after `多少家` or `有哪些`, where no verb follows it."""
        if not any(word.role == "asking" and _COUNTED.search(word.text) for word in self.words):
            return ""
        after = Parts(
            self.text, list(dropwhile(lambda word: word.role in {"asking", "verb", "small"}, self.words))
        )
        return after.named() if after.roles <= {"topic"} else ""


def parse(text: str, dictionary: Dictionary) -> Parts:
    return Parts(text, read(text, dictionary))
