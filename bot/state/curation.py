"""Checked answers: the paragraph that an admin chose for a question, kept in the state's database.

What is chosen is held in memory too, ready to be looked up with each question. Whether a question is
the same, and where the paragraph stands now, is for `retrieval.curated` to say.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.ids import new_id
from retrieval.curated import Curated, CuratedIndex
from retrieval.errors import WenjuError
from retrieval.likeness import same

if TYPE_CHECKING:
    from bot.state.database import StateDatabase
    from retrieval.model import Paragraph

LONGEST_QUESTION = 300  # characters; no more of a question is compared


class SameQuestionError(WenjuError):
    """Another checked answer has this question."""

    def __init__(self) -> None:
        super().__init__("这个问题已有选定的答案")


class NoQuestionError(WenjuError):
    """What would be a question has no letter and no digit."""

    def __init__(self) -> None:
        super().__init__("没有看到问题")


@dataclass(frozen=True, slots=True)
class Pin:
    """A checked answer; `at` is when its paragraph was chosen, in UTC."""

    curated: Curated
    at: datetime

    @property
    def id(self) -> str:
        return self.curated.id


class Curation:
    """Safe to call from any thread. Writes wait for the disk and raise StateError."""

    def __init__(self, state: StateDatabase) -> None:
        """Raise StateError."""
        self._state = state
        self._lock = threading.Lock()  # held while rows and memory change together
        self._pins: tuple[Pin, ...] = ()
        self._index = CuratedIndex()
        self._load()

    @property
    def index(self) -> CuratedIndex:
        """What to look up a question in, as of now."""
        return self._index

    @property
    def pins(self) -> tuple[Pin, ...]:
        """All of them, the newest first."""
        return self._pins

    def get(self, pin_id: str) -> Pin | None:
        return next((pin for pin in self._pins if pin.id == pin_id), None)

    def pin(self, question: str, paragraph: Paragraph) -> Pin:
        """Choose the paragraph for a question, in place of what was chosen for the same one.

        Raise NoQuestionError for a text without letters and digits.
        """
        with self._lock:
            known = self._same(question)
            row = {"id": known.id if known else new_id(), "question": _kept(question), **_chosen(paragraph)}
            with self._state.writing() as db:
                db.table("curated").upsert(row, pk="id")
            return self._loaded(row["id"])

    def move(self, pin_id: str, paragraph: Paragraph) -> Pin | None:
        """Choose another paragraph for its question; None where there is no such pin."""
        with self._lock:
            if self.get(pin_id) is None:
                return None
            with self._state.writing() as db:
                db.table("curated").update(pin_id, _chosen(paragraph))
            return self._loaded(pin_id)

    def reword(self, pin_id: str, question: str) -> Pin | None:
        """Change the question; None where there is no such pin.

        Raise SameQuestionError for another's, NoQuestionError for a text without letters and digits.
        """
        with self._lock:
            if self.get(pin_id) is None:
                return None
            known = self._same(question)
            if known and known.id != pin_id:
                raise SameQuestionError
            with self._state.writing() as db:
                db.table("curated").update(pin_id, {"question": _kept(question)})
            return self._loaded(pin_id)

    def remove(self, pin_id: str) -> bool:
        """Tell whether there was such a pin."""
        with self._lock:
            if self.get(pin_id) is None:
                return False
            with self._state.writing() as db:
                db.execute("DELETE FROM curated WHERE id = ?", [pin_id])
            self._load()
            return True

    def _same(self, question: str) -> Pin | None:
        """Return the pin of a question that differs at most in what only asks or is polite."""
        return next((pin for pin in self._pins if same(pin.curated.question, question)), None)

    def _loaded(self, pin_id: str) -> Pin:
        self._load()
        pin = self.get(pin_id)
        assert pin is not None
        return pin

    def _load(self) -> None:
        rows = self._state.read("SELECT * FROM curated ORDER BY at DESC, id DESC")
        self._pins = tuple(_pin_of(row) for row in rows)
        self._index = CuratedIndex(pin.curated for pin in self._pins)


def _kept(question: str) -> str:
    if not any(map(str.isalnum, question[:LONGEST_QUESTION])):
        raise NoQuestionError
    # Telegram's JSON may carry lone surrogates, which UTF-8 cannot.
    return question[:LONGEST_QUESTION].encode(errors="replace").decode()


def _chosen(paragraph: Paragraph) -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(),
        "paragraph": paragraph.id,
        "document": paragraph.document,
        "title": paragraph.title,
        "section": paragraph.section,
        "text": paragraph.text,
    }


def _pin_of(row: dict[str, Any]) -> Pin:
    at = datetime.fromisoformat(row.pop("at"))
    return Pin(Curated(**row), at)
