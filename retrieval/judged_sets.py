"""Judged sets: questions whose right paragraphs and figures are known. It reads them and judges answers.

A set is a folder of two files. `passages.jsonl` has {"id", "title", "text"} a line, each one Paragraph that
is never split; equal titles make one Document. `questions.jsonl` has {"id", "question", "passage_ids",
"answers", "numeric"} a line; one without passage_ids is unanswerable.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retrieval.errors import WenjuError
from retrieval.figure_equality import answer_figures, same_figure
from retrieval.model import Paragraph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from retrieval.model import Answer

_PASSAGE: dict[str, type] = {"id": str, "title": str, "text": str}
_QUESTION: dict[str, type] = {
    "id": str,
    "question": str,
    "passage_ids": list,
    "answers": list,
    "numeric": bool,
}


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """`passage_ids` are the right paragraphs; `answers` the right words, with a figure if `numeric`."""

    id: str
    question: str
    passage_ids: frozenset[str]
    answers: tuple[str, ...] = ()
    numeric: bool = False

    def rank(self, given: Answer) -> int | None:
        """The place of the first right paragraph among the hits, from 1."""
        return self.rank_in(hit.paragraph.id for hit in given.hits)

    def rank_in(self, paragraph_ids: Iterable[str]) -> int | None:
        """The place of the first right paragraph among these, from 1."""
        return _first_right(paragraph in self.passage_ids for paragraph in paragraph_ids)

    def figure_rank(self, given: Answer) -> int | None:
        """The place of the first right figure, from 1, whatever unit or notation it is in."""
        gold = [figure for text in self.answers for figure in answer_figures(text)]
        return _first_right(any(same_figure(figure, right) for right in gold) for figure in given.figures)


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """`passages` hold those of one Document in a row."""

    name: str
    passages: tuple[Paragraph, ...]
    questions: tuple[JudgedQuestion, ...]


def read_set(folder: Path) -> JudgedSet:
    """Raise WenjuError with the file's name where the set cannot be read or a right paragraph is missing."""
    passages, questions = tuple(read_passages(folder)), tuple(read_questions(folder))
    ids = {passage.id for passage in passages}
    for judged in questions:
        if missing := sorted(judged.passage_ids - ids):
            raise WenjuError(
                f"{folder / 'questions.jsonl'}: 问题 {judged.id} 的 passage_ids 有"
                f" passages.jsonl 没有的 {'、'.join(missing)}"
            )
    return JudgedSet(folder.resolve().name, passages, questions)


def read_passages(folder: Path) -> Iterator[Paragraph]:
    documents: dict[str, list[dict[str, Any]]] = {}
    for number, row in enumerate(_rows(folder / "passages.jsonl", _PASSAGE)):
        documents.setdefault(row["title"] or f"\n{number}", []).append(row)
    for article, rows in enumerate(documents.values()):
        for position, row in enumerate(rows):
            yield Paragraph(row["id"], folder.name, article, position, row["title"], None, row["text"])


def read_questions(folder: Path) -> Iterator[JudgedQuestion]:
    for row in _rows(folder / "questions.jsonl", _QUESTION):
        ids, answers = map(str, row["passage_ids"]), map(str, row["answers"])
        yield JudgedQuestion(row["id"], row["question"], frozenset(ids), tuple(answers), row["numeric"])


def _rows(path: Path, kinds: dict[str, type]) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file, each with a value of the right kind for every key."""
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    row = json.loads(line)
                    if not isinstance(row, dict) or not all(
                        isinstance(row.get(key), kind) for key, kind in kinds.items()
                    ):
                        raise WenjuError(f"{path}: 第 {number} 行不是带 {'、'.join(kinds)} 的 JSON 对象")
                    yield row
    except OSError as error:
        raise WenjuError(f"{path}: 无法读取（{error.strerror}）") from error
    except ValueError as error:
        raise WenjuError(f"{path}: 不是 JSON Lines（{error}）") from error


def _first_right(rights: Iterable[bool]) -> int | None:
    return next((rank for rank, right in enumerate(rights, 1) if right), None)
