"""From a question to its Answer: understand, search, rank the figures, and say whether it is found at all."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from retrieval import figure_ranking
from retrieval.answering import answering_sentences
from retrieval.copies import copies
from retrieval.coverage import FOUND, NEAR, covered, missing_year
from retrieval.curated import locate
from retrieval.figure_fitness import answers
from retrieval.figure_ranking import RankedPassage
from retrieval.follow_up import complete
from retrieval.illustrations import illustrations, text_first
from retrieval.language import normalise, question_terms
from retrieval.lists import asks_for_list, continuation
from retrieval.model import Answer, Question
from retrieval.origin import origin
from retrieval.question import wanted
from retrieval.series import course_of
from retrieval.spelling import suggest
from retrieval.synonyms import built_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.curated import CuratedIndex
    from retrieval.dictionary import Dictionary
    from retrieval.model import Figure, Hit, Picture
    from retrieval.snapshot import Snapshot
    from retrieval.synonyms import Synonyms

    _Found = tuple[Hit, tuple[Figure, ...]]

FIGURES = 5
LONGEST_QUESTION = 300  # characters of the normal form; what is beyond is not searched for


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as it was typed, and what it is answered from."""

    snapshot: Snapshot
    text: str
    limit: int
    synonyms: Synonyms
    curated: CuratedIndex | None


def answer(  # noqa: PLR0913 - what a question may come with, all of it optional
    snapshot: Snapshot,
    text: str,
    limit: int = 10,
    before: str | None = None,
    synonyms: Synonyms | None = None,
    *,
    curated: CuratedIndex | None = None,
    about: str | None = None,
) -> Answer:
    """Answer any text, however long or strange; `limit` is the most paragraphs it brings.

    `before` is the asker's question before this one, as it was read: a follow-up is completed from it, unless
    only the words alone find something. Without `synonyms` the built-in ones are used. What was `curated` for
    the same question comes first. `about` is a text that is asked about, such as a forwarded one: the
    question is answered from its article, or else read as following the text's first line.
    """
    asked = _Asked(snapshot, text, limit, synonyms or built_in(), curated)
    if not about:
        return _first_found(asked, before)
    started = time.perf_counter()
    article = origin(snapshot, about)
    recognised = (time.perf_counter() - started) * 1000
    given = _answer(asked, None, article) if article else None
    if given is None or not given.found:
        given = _first_found(asked, _first_line(about), [given] if given else [])
    return replace(given, stages={**given.stages, "search": given.stages["search"] + recognised})


def _first_found(asked: _Asked, before: str | None, tried: Sequence[Answer] = ()) -> Answer:
    """Answer the question as it follows `before`, unless only its words alone find something.

    The time of what was tried in vain counts too.
    """
    given = _answer(asked, before)
    tried = [*tried, given]
    if not given.found and given.question.read_as is not None:
        alone = _answer(asked, None)
        tried = [*tried, alone]
        given = alone if alone.found else given
    return replace(given, stages={name: sum(one.stages[name] for one in tried) for name in given.stages})


def _answer(asked: _Asked, before: str | None, article: range | None = None) -> Answer:
    """Answer once; with the rows of an `article` it is found only where these hold what is asked."""
    snapshot = asked.snapshot
    started = time.perf_counter()
    question = understand(asked.text, snapshot.dictionary, before, asked.synonyms)
    understood = time.perf_counter()
    found = text_first(question, _search(snapshot, question, asked.limit, article))
    if pinned := _pinned(asked, question, found, article):
        others = (one for one in found if one[0].paragraph.id != pinned[0].paragraph.id)
        found = [pinned, *others][: asked.limit]
    searched = time.perf_counter()
    hits = tuple(hit for hit, _ in found)
    figures = _figures(question, [pinned] if pinned else found)
    series = course_of(snapshot, question, hits, figures, article)
    ranked = time.perf_counter()
    hits = _read_closely(snapshot, question, hits, figures[:FIGURES])
    share = 1.0 if pinned else covered(snapshot, question, hits[0]) if hits else 0.0
    is_found = series is not None or share >= (FOUND if article is None else NEAR)
    pictures = illustrations(snapshot, question, hits, figures) if is_found else ()
    read = time.perf_counter()
    suggestion = None if pinned else suggest(snapshot, question)
    suggested = time.perf_counter()
    return Answer(
        question=question,
        found=is_found,
        hits=hits,
        figures=figures[:FIGURES],
        pictures=pictures,
        near=not is_found and share >= NEAR,
        suggestion=suggestion,
        series=series,
        snapshot=snapshot.name,
        stages={
            "understand": (understood - started) * 1000,
            "search": (searched - understood) * 1000,
            "figures": (ranked - searched) * 1000,
            "sentences": (read - ranked) * 1000,
            "spelling": (suggested - read) * 1000,
        },
    )


def _search(snapshot: Snapshot, question: Question, limit: int, article: range | None) -> list[_Found]:
    """The best paragraphs; those of the `article` that cover enough of the question before all others."""
    if article is None:
        return snapshot.search(question, limit)
    within = snapshot.search(question, limit, article)
    own = [found for found in within if covered(snapshot, question, found[0]) >= NEAR]
    if not own:
        return within
    known = {hit.paragraph.id for hit, _ in own}
    least = own[-1][0].score
    others = (found for found in snapshot.search(question, limit) if found[0].paragraph.id not in known)
    below = ((replace(hit, score=min(hit.score, least)), figures) for hit, figures in others)
    return [*own, *below][:limit]


def _pinned(
    asked: _Asked, question: Question, found: Sequence[_Found], article: range | None
) -> _Found | None:
    """The paragraph that a person chose for this question, scored as the best one; None without one.

    None, too, where it lies outside of the `article` that is asked about.
    """
    chosen = asked.curated.matching(question.normal) if asked.curated else None
    paragraph = locate(asked.snapshot, chosen) if chosen else None
    row = asked.snapshot.row(paragraph.id) if paragraph else None
    if row is None or (article is not None and row not in article):
        return None
    hit, figures = asked.snapshot.hit(question, row, found[0][0].score if found else 1.0)
    return replace(hit, checked=True), figures


def _first_line(text: str) -> str | None:
    return next((line.strip() for line in text.splitlines() if line.strip()), None)


def as_json(given: Answer, snapshot: Snapshot) -> dict[str, Any]:
    """The Answer as `wenju ask --json` prints it; `snapshot` is the one that it was found in."""
    return {
        "question": given.question.text,
        "found": given.found,
        "near": given.near,
        "suggestion": given.suggestion,
        "missing_year": missing_year(given) if given.found else None,
        "figures": [asdict(figure) for figure in given.figures],
        "paragraphs": [
            {
                **asdict(hit.paragraph),
                "score": round(hit.score, 4),
                "marks": hit.marks,
                "answering": hit.answering,
                "continued": [{"id": after.id, "text": after.text} for after in hit.continued],
                "same_as": hit.same_as,
                "checked": hit.checked,
            }
            for hit in given.hits
        ],
        "series": asdict(given.series) if given.series else None,
        "pictures": [_picture_as_json(picture, snapshot) for picture in given.pictures],
        "milliseconds": round(given.milliseconds, 3),
    }


def _picture_as_json(picture: Picture, snapshot: Snapshot) -> dict[str, Any]:
    paragraph = snapshot.paragraph(picture.paragraph)
    source = {"title": paragraph.title, "page": paragraph.page} if paragraph else {}
    return {**asdict(picture), **source}


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
    idf = snapshot.searcher.idf_of(question.terms)
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


def _figures(question: Question, found: Sequence[_Found]) -> tuple[Figure, ...]:
    passages = [
        RankedPassage(
            hit.paragraph.id,
            hit.paragraph.title,
            hit.paragraph.section,
            hit.paragraph.text,
            figures,
            hit.score / found[0][0].score,
            rank,
            row=bool(hit.paragraph.cells),
        )
        for rank, (hit, figures) in enumerate(found)
    ]
    ranked = figure_ranking.rank(question.normal, question.wanted, passages)
    texts = {passage.id: passage.text for passage in passages}
    fit = [figure for figure in ranked if answers(figure, question, texts[figure.paragraph])]
    if ranked and ranked[0] not in fit:
        # The likeliest measures the right thing, but in another year: then only the same of the right one.
        fit = [figure for figure in fit if figure.metric and figure.metric == ranked[0].metric]
    if found and found[0][0].checked:
        fit.sort(key=lambda figure: figure.paragraph != found[0][0].paragraph.id)
    return (*fit, *(figure for figure in ranked if figure not in fit))
