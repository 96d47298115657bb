"""From a question to its Answer: understand, search, rank the figures, and say whether it is found at all."""

from __future__ import annotations

import time
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from retrieval import figure_ranking
from retrieval.answering import answering_sentences
from retrieval.copies import copies
from retrieval.coverage import FOUND, NEAR, covered
from retrieval.figure_fitness import answers
from retrieval.figure_ranking import RankedPassage
from retrieval.follow_up import complete
from retrieval.language import normalise, question_terms
from retrieval.lists import asks_for_list, continuation
from retrieval.model import Answer, Question
from retrieval.question import wanted
from retrieval.spelling import suggest
from retrieval.synonyms import built_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.dictionary import Dictionary
    from retrieval.model import Figure, Hit
    from retrieval.snapshot import Snapshot
    from retrieval.synonyms import Synonyms

FIGURES = 5
LONGEST_QUESTION = 300  # characters of the normal form; what is beyond is not searched for


def answer(
    snapshot: Snapshot,
    text: str,
    limit: int = 10,
    before: str | None = None,
    synonyms: Synonyms | None = None,
) -> Answer:
    """Answer any text, however long or strange; `limit` is the most paragraphs it brings.

    `before` is the asker's question before this one, as it was read: a follow-up is completed from it, unless
    only the words alone find something. Without `synonyms` the built-in ones are used.
    """
    synonyms = synonyms or built_in()
    given = _answer(snapshot, text, limit, before, synonyms)
    if given.found or given.question.read_as is None:
        return given
    alone = _answer(snapshot, text, limit, None, synonyms)
    chosen = alone if alone.found else given
    return replace(chosen, stages={name: given.stages[name] + alone.stages[name] for name in given.stages})


def _answer(snapshot: Snapshot, text: str, limit: int, before: str | None, synonyms: Synonyms) -> Answer:
    started = time.perf_counter()
    question = understand(text, snapshot.dictionary, before, synonyms)
    understood = time.perf_counter()
    found = snapshot.search(question, limit)
    searched = time.perf_counter()
    hits = tuple(hit for hit, _ in found)
    figures = _figures(question, found)
    ranked = time.perf_counter()
    hits = _read_closely(snapshot, question, hits, figures[:FIGURES])
    read = time.perf_counter()
    share = covered(snapshot, question, hits[0]) if hits else 0.0
    suggestion = suggest(snapshot, question)
    suggested = time.perf_counter()
    return Answer(
        question=question,
        found=share >= FOUND,
        hits=hits,
        figures=figures[:FIGURES],
        near=NEAR <= share < FOUND,
        suggestion=suggestion,
        snapshot=snapshot.name,
        stages={
            "understand": (understood - started) * 1000,
            "search": (searched - understood) * 1000,
            "figures": (ranked - searched) * 1000,
            "sentences": (read - ranked) * 1000,
            "spelling": (suggested - read) * 1000,
        },
    )


def as_json(given: Answer) -> dict[str, Any]:
    """The Answer as `wenju ask --json` prints it."""
    return {
        "question": given.question.text,
        "found": given.found,
        "near": given.near,
        "suggestion": given.suggestion,
        "figures": [asdict(figure) for figure in given.figures],
        "paragraphs": [
            {
                **asdict(hit.paragraph),
                "score": round(hit.score, 4),
                "marks": hit.marks,
                "answering": hit.answering,
                "continued": [{"id": after.id, "text": after.text} for after in hit.continued],
                "same_as": hit.same_as,
            }
            for hit in given.hits
        ],
        "pictures": [asdict(picture) for picture in given.pictures],
        "milliseconds": round(given.milliseconds, 3),
    }


def understand(
    text: str, dictionary: Dictionary, before: str | None = None, synonyms: Synonyms | None = None
) -> Question:
    """What `text` asks for, when it follows the question `before`."""
    read_as = complete(text, before, dictionary) if before else None
    normal = normalise((read_as or text)[:LONGEST_QUESTION])[:LONGEST_QUESTION].strip()
    terms = tuple(question_terms(normal, dictionary))
    related = (synonyms or built_in()).related(normal, dictionary)
    return Question(text, normal, terms, wanted(normal), read_as, related)


def _read_closely(
    snapshot: Snapshot, question: Question, hits: tuple[Hit, ...], figures: Sequence[Figure]
) -> tuple[Hit, ...]:
    """Say of each hit which sentences answer, where its list runs on, and which earlier one it repeats."""
    idf = snapshot.searcher.paragraphs.idf_of(question.terms)
    texts = {hit.paragraph.id: hit.paragraph.text for hit in hits}
    fit = [figure for figure in figures if answers(figure, question, texts.get(figure.paragraph, ""))]
    best = {figure.paragraph: figure for figure in reversed(fit)}
    listed = asks_for_list(question.normal)
    same = copies([hit.paragraph.text for hit in hits])
    closer = []
    for hit, first in zip(hits, same, strict=True):
        here = hit.paragraph
        answering = answering_sentences(question, here.text, idf, best.get(here.id))
        runs_on = listed and (not answering or answering[-1][1] >= len(here.text.rstrip()))
        closer.append(
            replace(
                hit,
                answering=answering,
                continued=continuation(here, snapshot.following(here.id)) if runs_on else (),
                same_as=None if first is None else hits[first].paragraph.id,
            )
        )
    return tuple(closer)


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
    ranked = figure_ranking.rank(question.normal, question.wanted, passages)
    texts = {passage.id: passage.text for passage in passages}
    fit = [figure for figure in ranked if answers(figure, question, texts[figure.paragraph])]
    if ranked and ranked[0] not in fit:
        # The likeliest measures the right thing, but in another year: then only the same of the right one.
        fit = [figure for figure in fit if figure.metric and figure.metric == ranked[0].metric]
    return (*fit, *(figure for figure in ranked if figure not in fit))
