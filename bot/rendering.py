"""An Answer as Telegram messages: the figures, the paragraph that holds them, its source, and nothing else.

Everything comes from the Answer; nothing is searched, scored or sent here. Each function returns HTML within
Telegram's limits for one message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.constants import MessageLimit

from bot.markup import escape, excerpt, last_sentences, lines, quote, shorten, styled, units, visible
from retrieval.figure_fitness import answers
from retrieval.figures import qualified

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.markup import Style
    from bot.messages import Words
    from retrieval.model import Answer, Figure, Hit, Paragraph

FIGURES = 3  # shown above a paragraph
NAME_UNITS = 100  # of a title, heading or metric
NEIGHBOUR_UNITS = 900  # of the text before and after
ELLIPSES = 2  # that cutting may add


def answer_page(answer: Answer, rank: int, words: Words) -> str:
    """Render result `rank` (from 0) of an answer, or say honestly that nothing was found."""
    if not answer.found or not answer.hits:
        return _not_found(answer, words)
    hit = answer.hits[rank]
    figures = _shown_figures(answer, rank)
    head = _figure_lines(figures, answer, hit, words)
    own = next((figure for figure in figures if figure.paragraph == hit.paragraph.id), None)
    return _page(head, hit, own, words)


def context_page(hit: Hit, before: Paragraph | None, after: Paragraph | None, words: Words) -> str:
    """Render a paragraph between the ones around it, with all that is known of its source."""
    text = hit.paragraph.text
    parts = [
        escape(last_sentences(before.text, NEIGHBOUR_UNITS)) if before else "",
        quote(styled(text, _marks(hit, None), excerpt(text, NEIGHBOUR_UNITS * 2)), fold_after=len(text)),
        styled(after.text, (), excerpt(after.text, NEIGHBOUR_UNITS)) if after else "",
        _source(hit.paragraph, words, hit.paragraph.source, hit.paragraph.author),
    ]
    return "\n\n".join(part for part in parts if part.strip())


def _not_found(answer: Answer, words: Words) -> str:
    head = [words.not_found, words.rephrase]
    if not (answer.near and answer.hits):
        return lines(head)
    return _page([*head, f"\n<b>{words.perhaps}</b>"], answer.hits[0], None, words)


def _page(head: Sequence[str], hit: Hit, figure: Figure | None, words: Words) -> str:
    paragraph = hit.paragraph
    above, below = lines(head), _source(paragraph, words)
    room = MessageLimit.MAX_TEXT_LENGTH - units(visible(f"{above}\n\n{below}")) - ELLIPSES
    keep = (figure.start, figure.end) if figure else next(iter(hit.marks), None)
    within = excerpt(paragraph.text, room, keep)
    return lines([above, quote(styled(paragraph.text, _marks(hit, figure), within)), below])


def _marks(hit: Hit, figure: Figure | None) -> list[Style]:
    """Put the best figure in bold, as above the paragraph; underline the matched words."""
    bold = [(figure.start, figure.end, "b")] if figure else []
    return [*bold, *((start, end, "u") for start, end in hit.marks)]


def _shown_figures(answer: Answer, rank: int) -> list[Figure]:
    """Choose the best figures for the first page, the paragraph's own for the others.

    None where the best one is plainly not what was asked for: the next ones are so even less. No value is
    shown twice, and none that measures in another unit than the best: it only stands near it.
    """
    if not answer.figures or not answers(answer.figures[0], answer.question):
        return []
    shown: dict[tuple[str, str | None], Figure] = {}
    for figure in answer.figures:
        alike = (figure.kind, figure.unit) == (answer.figures[0].kind, answer.figures[0].unit)
        own = figure.paragraph == answer.hits[rank].paragraph.id
        if (rank == 0 or own) and alike and answers(figure, answer.question):
            shown.setdefault((figure.text, figure.period), figure)
    return list(shown.values())[:FIGURES]


def _figure_lines(figures: Sequence[Figure], answer: Answer, hit: Hit, words: Words) -> list[str]:
    """Give the best figure a line of its own, and the others one together."""
    described = []
    texts = {found.paragraph.id: found.paragraph.text for found in answer.hits}
    for figure in figures:
        about = [escape(shorten(part, NAME_UNITS)) for part in (figure.metric, figure.period) if part]
        if figure.paragraph != hit.paragraph.id and (number := _number(figure, answer)):
            about.append(words.in_result.format(number=number))
        said = qualified(texts.get(figure.paragraph, ""), figure)
        described.append((escape(shorten(said, NAME_UNITS)), " · ".join(about)))
    if not described:
        return []
    (best, about_best), *others = described
    also = words.between.join(f"{text} {about}".strip() for text, about in others)
    return [f"<b>{best}</b>　{about_best}".rstrip(), words.also.format(figures=also) if also else ""]


def _number(figure: Figure, answer: Answer) -> int | None:
    """Return the result, counted from 1, that holds the figure."""
    ids = [hit.paragraph.id for hit in answer.hits]
    return ids.index(figure.paragraph) + 1 if figure.paragraph in ids else None


def _source(paragraph: Paragraph, words: Words, *names: str | None) -> str:
    """Name the document, the section, the date, and other `names` in between."""
    title = paragraph.title if paragraph.title.strip() else paragraph.document
    date = date_text(paragraph.date, words) if paragraph.date else None
    parts = [shorten(part, NAME_UNITS) for part in (title, paragraph.section, *names, date) if part]
    return "📄 " + " · ".join(escape(part) for part in parts if part)


def date_text(iso: str, words: Words) -> str:
    """Write an ISO 8601 date, whole or reduced, as the language does; anything else stays as it is."""
    parts = iso.split("-")
    if not all(part.isdecimal() for part in parts) or len(parts) > 3:
        return iso
    form = (words.year, words.month, words.day)[len(parts) - 1]
    return form.format(**dict(zip(("year", "month", "day"), (int(part) for part in parts), strict=False)))
