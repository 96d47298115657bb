"""Which results of an Answer have a page of their own, and what stands on each. It renders nothing.

A result is named by its rank in the Answer, from 0, which the log and the buttons know too. A near-copy of an
earlier result has no page, and neither has a paragraph that an earlier one's list runs on into, or one that
is far behind the best and holds no figure that is shown.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from retrieval.coverage import relevant
from retrieval.figure_fitness import fitting
from retrieval.figures import qualified

if TYPE_CHECKING:
    from retrieval.model import Answer, Figure, Hit, Picture

FIGURES = 3  # shown above a paragraph


def shown_ranks(answer: Answer) -> list[int]:
    """Return the ranks that have a page, in order; only the first where nothing is found."""
    if not answer.found:
        return [0]
    worth = {hit.paragraph.id for hit in relevant(answer.hits)}
    worth.update(figure.paragraph for figure in fitting(answer)[:FIGURES])
    on_others: set[str] = set()
    ranks = []
    for rank, hit in enumerate(answer.hits):
        here = hit.paragraph.id
        if here in worth and hit.same_as is None and here not in on_others:
            ranks.append(rank)
            on_others.update(after.id for after in hit.continued)
    return ranks


def shown_figures(answer: Answer, rank: int, *, own: bool = False) -> list[Figure]:
    """Choose the best figures for the first page; those of its own paragraph for the others, or with `own`.

    No value is shown twice, and none where nothing is found.
    """
    shown: dict[tuple[str, str | None], Figure] = {}
    for figure in fitting(answer) if answer.found and answer.hits else ():
        if figure.paragraph == answer.hits[rank].paragraph.id or (rank == 0 and not own):
            shown.setdefault((figure.text, figure.period), figure)
    return list(shown.values())[:FIGURES]


def further_pictures(answer: Answer, rank: int) -> list[Picture]:
    """Return the pictures at the text of a page that did not come with the answer."""
    hit = answer.hits[rank]
    sent = {picture.key for picture in answer.pictures}
    return [
        replace(picture, paragraph=paragraph.id)
        for paragraph in (hit.paragraph, *hit.continued)
        for picture in paragraph.pictures
        if picture.key not in sent
    ]


def as_shown(figure: Figure, answer: Answer) -> str:
    """Return a figure's text with the words of its paragraph that limit it (`约`, `以上`)."""
    texts = {hit.paragraph.id: hit.paragraph.text for hit in answer.hits}
    return qualified(texts.get(figure.paragraph, ""), figure)


def number_of(answer: Answer, paragraph: str) -> int | None:
    """Return the page, counted from 1, on which a paragraph or its copy stands."""
    copied = {hit.paragraph.id: hit.same_as for hit in answer.hits if hit.same_as}
    sought = copied.get(paragraph, paragraph)
    for number, rank in enumerate(shown_ranks(answer), 1):
        hit = answer.hits[rank]
        if sought in {hit.paragraph.id, *(after.id for after in hit.continued)}:
            return number
    return None


def other_titles(answer: Answer, hit: Hit) -> list[str]:
    """Return the titles of the other articles that hold a copy of what the page has, each once, in order."""
    own = (hit.paragraph.document, hit.paragraph.article)
    shown = {hit.paragraph.id, *(after.id for after in hit.continued)}
    articles = {
        (copy.paragraph.document, copy.paragraph.article): copy.paragraph.title
        for copy in answer.hits
        if copy.same_as in shown
    }
    return [title or article[0] for article, title in articles.items() if article != own]
