"""From a question to its Answer: understand, search, rank the figures, and say whether it is found at all."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from retrieval import figure_ranking
from retrieval.figure_ranking import RankedPassage
from retrieval.language import normalise, question_terms
from retrieval.model import Answer, Question
from retrieval.question import wanted

if TYPE_CHECKING:
    from retrieval.dictionary import Dictionary
    from retrieval.model import Figure, Hit
    from retrieval.snapshot import Snapshot

# Shares of the highest score that any paragraph could have: how much of what the question says the best one
# covers. On judged sets 93 of 100 questions that the corpus answers reach the first, 13 of 100 others do.
FOUND = 0.18
NEAR = 0.12

FIGURES = 5
LONGEST_QUESTION = 300  # characters of the normal form; what is beyond is not searched for


def answer(snapshot: Snapshot, text: str, limit: int = 10) -> Answer:
    """Answer any text, however long or strange; `limit` is the most paragraphs it brings."""
    started = time.perf_counter()
    question = understand(text, snapshot.dictionary)
    understood = time.perf_counter()
    found = snapshot.search(question.terms, limit)
    searched = time.perf_counter()
    hits = tuple(hit for hit, _ in found)
    figures = _figures(question, found)
    ranked = time.perf_counter()
    share = _share(snapshot, question, hits)
    return Answer(
        question=question,
        found=share >= FOUND,
        hits=hits,
        figures=figures[:FIGURES],
        near=NEAR <= share < FOUND,
        snapshot=snapshot.name,
        stages={
            "understand": (understood - started) * 1000,
            "search": (searched - understood) * 1000,
            "figures": (ranked - searched) * 1000,
        },
    )


def as_json(given: Answer) -> dict[str, Any]:
    """The Answer as `wenju ask --json` prints it."""
    return {
        "question": given.question.text,
        "found": given.found,
        "near": given.near,
        "figures": [asdict(figure) for figure in given.figures],
        "paragraphs": [
            {**asdict(hit.paragraph), "score": round(hit.score, 4), "marks": hit.marks} for hit in given.hits
        ],
        "pictures": [asdict(picture) for picture in given.pictures],
        "milliseconds": round(given.milliseconds, 3),
    }


def understand(text: str, dictionary: Dictionary) -> Question:
    """What `text` asks for."""
    normal = normalise(text[:LONGEST_QUESTION])[:LONGEST_QUESTION].strip()
    return Question(text, normal, tuple(question_terms(normal, dictionary)), wanted(normal))


def _share(snapshot: Snapshot, question: Question, hits: tuple[Hit, ...]) -> float:
    highest = snapshot.searcher.paragraphs.highest_score(question.terms)
    return hits[0].score / highest if hits else 0.0


def _figures(question: Question, found: list[tuple[Hit, tuple[Figure, ...]]]) -> tuple[Figure, ...]:
    passages = [
        RankedPassage(
            hit.paragraph.id,
            hit.paragraph.title,
            hit.paragraph.section,
            hit.paragraph.text,
            figures,
            hit.score / found[0][0].score,
            rank,
        )
        for rank, (hit, figures) in enumerate(found)
    ]
    return tuple(figure_ranking.rank(question.normal, question.wanted, passages))
