"""Curated answers: questions with the paragraph that a person chose for each.

Looks up what was chosen for the same question, and finds its paragraph in the Snapshot in use, by id
or else by its text, which outlives a renamed file. Who chose it, and where that is kept, is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.likeness import QuestionIndex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from retrieval.model import Paragraph
    from retrieval.snapshot import Snapshot

_COPIES = 50  # paragraphs that are nearest to a text, among which it is looked for itself


@dataclass(frozen=True, slots=True)
class Curated:
    """A question and the Paragraph chosen for it: its id (`paragraph`), and what it was then.

    `document`, `title` and `section` tell copies of the text apart; `id` is whatever names the choice.
    """

    id: str
    question: str
    paragraph: str
    text: str
    document: str
    title: str
    section: str | None = None


class CuratedIndex:
    """Immutable; safe for many threads. Built once, and looked up with each question."""

    def __init__(self, curated: Iterable[Curated] = ()) -> None:
        """Of several for the same question the first is taken."""
        self._curated = tuple(curated)
        self._questions = QuestionIndex()
        for one in self._curated:
            self._questions.add(one.question)

    def matching(self, question: str) -> Curated | None:
        """What was chosen for the same question, however politely it is asked; None without one."""
        number = self._questions.same(question)
        return None if number is None else self._curated[number]


def locate(snapshot: Snapshot, curated: Curated) -> Paragraph | None:
    """The chosen Paragraph as it is in the Snapshot, wherever its text stands now; None where it is gone.

    White space may differ. Of several copies the one in the same file comes first, then one under the same
    title, in the same section.
    """
    known = snapshot.paragraph(curated.paragraph)
    if known is not None:
        return known
    text = _bare(curated.text)
    paragraphs = (snapshot.at(row)[0] for row in snapshot.nearest(curated.text, _COPIES))
    copies = [paragraph for paragraph in paragraphs if _bare(paragraph.text) == text]
    return max(copies, key=lambda copy: _resemblance(copy, curated), default=None)


def _bare(text: str) -> str:
    return "".join(text.split())


def _resemblance(paragraph: Paragraph, curated: Curated) -> tuple[bool, bool, bool]:
    return (
        paragraph.document == curated.document,
        paragraph.title == curated.title,
        paragraph.section == curated.section,
    )
