"""Measures answers on a judged set: recall@k, MRR@10 and figure accuracy. It changes nothing.

A set is a folder of two files. `passages.jsonl` has {"id", "title", "text"} a line, each one Paragraph that
is never split; equal titles make one Document. `questions.jsonl` has {"id", "question", "passage_ids",
"answers", "numeric"} a line.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrieval import snapshot
from retrieval.answer import answer, as_json
from retrieval.dictionary import Dictionary, build_dictionary
from retrieval.errors import WenjuError
from retrieval.figures import answer_figures, same_figure
from retrieval.language import normalise
from retrieval.model import Paragraph
from retrieval.postings import PostingsCounter
from retrieval.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from retrieval.model import Answer

DEPTH = 10


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    id: str
    question: str
    passage_ids: frozenset[str]
    answers: tuple[str, ...]
    numeric: bool


class Tally:
    """Adds up the judged answers of one set."""

    def __init__(self) -> None:
        self._ranks: list[int | None] = []
        self._figure_ranks: list[int | None] = []
        self._found: list[float] = []
        self._milliseconds: list[float] = []

    def add(self, judged: JudgedQuestion, given: Answer) -> None:
        ids = [hit.paragraph.id for hit in given.hits[:DEPTH]]
        self._ranks.append(_first(paragraph in judged.passage_ids for paragraph in ids))
        self._found.append(given.found)
        self._milliseconds.append(given.milliseconds)
        if judged.numeric:
            gold = [figure for text in judged.answers for figure in answer_figures(text)]
            rights = (any(same_figure(figure, right) for right in gold) for figure in given.figures)
            self._figure_ranks.append(_first(rights))

    def measures(self) -> dict[str, float]:
        """The measures by name, shares from 0 to 1; a share of no questions is 0."""
        return {
            "questions": len(self._ranks),
            **{f"recall@{k}": _share(self._ranks, k) for k in (1, 5, 10)},
            "mrr@10": sum(1 / (rank + 1) for rank in self._ranks if rank is not None)
            / max(len(self._ranks), 1),
            "numeric_questions": len(self._figure_ranks),
            **{f"figure@{k}": _share(self._figure_ranks, k) for k in (1, 3)},
            "found": _mean(self._found),
            "milliseconds": _mean(self._milliseconds),
        }


def evaluate(
    folder: Path,
    dictionary: Path | None = None,
    answers: Path | None = None,
    progress: Callable[[list[JudgedQuestion]], Iterable[JudgedQuestion]] = iter,
) -> dict[str, float]:
    """Measure on the set in `folder`; `answers` gets a JSON object a line, as `wenju ask --json` prints.

    `progress` wraps the questions, as a progress bar does. Raise WenjuError where the set cannot be read.
    """
    questions = list(_questions(folder))
    tally = Tally()
    with tempfile.TemporaryDirectory() as temporary:
        corpus = _index(list(_passages(folder)), Path(temporary), dictionary)
        lines = []
        for judged in progress(questions):
            given = answer(corpus, judged.question, DEPTH)
            tally.add(judged, given)
            lines.append(json.dumps({"id": judged.id, **as_json(given)}, ensure_ascii=False) + "\n")
        if answers:
            answers.write_text("".join(lines), encoding="utf-8")
    return tally.measures()


def _index(passages: list[Paragraph], folder: Path, dictionary: Path | None) -> Snapshot:
    build_dictionary(folder, dictionary, normalise)
    words = Dictionary(folder)
    counter = PostingsCounter()
    for row, passage in enumerate(passages):
        counter.add(row, snapshot.tokens(passage, words))
    lock = snapshot.hold(folder)
    records = [snapshot.encode(passage, words) for passage in passages]
    snapshot.write(folder, records, counter.postings(), str(folder), [])
    os.close(lock)
    return Snapshot(folder)


def _passages(folder: Path) -> Iterator[Paragraph]:
    documents: dict[str, list[dict[str, Any]]] = {}
    for number, row in enumerate(_rows(folder / "passages.jsonl", "id", "title", "text")):
        documents.setdefault(row["title"] or f"\n{number}", []).append(row)
    for article, rows in enumerate(documents.values()):
        for position, row in enumerate(rows):
            yield Paragraph(row["id"], folder.name, article, position, row["title"], None, row["text"])


def _questions(folder: Path) -> Iterator[JudgedQuestion]:
    for row in _rows(folder / "questions.jsonl", "id", "question", "passage_ids", "answers", "numeric"):
        yield JudgedQuestion(
            row["id"], row["question"], frozenset(row["passage_ids"]), tuple(row["answers"]), row["numeric"]
        )


def _rows(path: Path, *keys: str) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    row = json.loads(line)
                    if not isinstance(row, dict) or not row.keys() >= set(keys):
                        raise WenjuError(f"{path}: 第 {number} 行不是带 {'、'.join(keys)} 的 JSON 对象")
                    yield row
    except OSError as error:
        raise WenjuError(f"{path}: 无法读取（{error.strerror}）") from error
    except ValueError as error:
        raise WenjuError(f"{path}: 不是 JSON Lines（{error}）") from error


def _first(rights: Iterable[bool]) -> int | None:
    return next((rank for rank, right in enumerate(rights) if right), None)


def _share(ranks: list[int | None], k: int) -> float:
    return _mean([rank is not None and rank < k for rank in ranks])


def _mean(values: Sequence[float]) -> float:
    return sum(values) / max(len(values), 1)
