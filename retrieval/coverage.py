"""Whether the articles answer a question at all: how much of what it says the best paragraph covers.

It looks at words alone, so a paragraph about the same things may still say something else of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retrieval.language import normalise
from retrieval.plain import folded
from retrieval.word_roles import NAMED_PLACE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.model import Answer, Hit, Question
    from retrieval.snapshot import Snapshot

# On judged sets 95 of 100 questions that the corpus answers reach this share of the highest score, and 22 of
# 100 that were made for another corpus; of corpora cut down to 80 paragraphs 93 and 8.
FOUND = 0.155
NEAR = 0.10
# Of the right paragraphs below the first, 126 of 127 on three judged sets reach this share of its score; of
# ten paragraphs 2 to 8 do.
RELEVANT = 0.5

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=年)")


def covered(snapshot: Snapshot, question: Question, best: Hit) -> float:
    """The share, of the highest score that any paragraph could have, that the search gave to its best.

    0 where the question has no terms, or is about a place that the best paragraph's article never names.
    """
    highest = snapshot.searcher.highest_score(question.terms)
    if highest == 0 or _is_elsewhere(snapshot, question, best):
        return 0.0
    return best.score / highest


def relevant(hits: Sequence[Hit]) -> list[Hit]:
    """The hits that come near enough to the best one to be worth a look; `hits` are best first."""
    return [hit for hit in hits if hit.score >= RELEVANT * hits[0].score]


def missing_year(given: Answer) -> str | None:
    """The one year that is asked about, such as `2020`, where no hit that is worth a look speaks of it.

    A text also speaks of the year that it is from, and of the one before, for 去年 needs no number. What a
    person chose is about the right one.
    """
    asked: set[str] = set(_YEAR.findall(given.question.normal))
    if len(asked) != 1 or given.series or any(hit.checked for hit in given.hits[:1]):
        return None
    (year,) = asked
    for hit in relevant(given.hits):
        here = hit.paragraph
        if (here.date or "")[:4] in (year, str(int(year) + 1)):
            return None
        if year in normalise(f"{here.title}\n{here.section or ''}\n{here.text}"):
            return None
    return year


def _is_elsewhere(snapshot: Snapshot, question: Question, best: Hit) -> bool:
    here = best.paragraph
    text = folded(f"{here.title}\n{here.section or ''}\n{here.text}")
    missing = [place for place in NAMED_PLACE.findall(question.normal) if place not in text]
    return any(not snapshot.article_holds(here.id, place) for place in missing)
