"""An Answer as Telegram messages: the figures, the paragraph that holds them, its source, and nothing else.

Everything comes from the Answer; nothing is searched, scored or sent here. Each function returns HTML within
Telegram's limits for one message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.constants import MessageLimit

from bot.markup import escape, excerpt, last_sentences, lines, quote, shorten, styled, units, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
    head = [_figure_line(figure, answer, hit, words, best=index == 0) for index, figure in enumerate(figures)]
    own = [figure for figure in figures if figure.paragraph == hit.paragraph.id]
    return _page(head, hit, own, words)


def context_page(hit: Hit, before: Paragraph | None, after: Paragraph | None, words: Words) -> str:
    """Render a paragraph between the ones around it."""
    text = hit.paragraph.text
    parts = [
        escape(last_sentences(before.text, NEIGHBOUR_UNITS)) if before else "",
        quote(styled(text, _marks(hit, ()), excerpt(text, NEIGHBOUR_UNITS * 2)), fold_after=len(text)),
        styled(after.text, (), excerpt(after.text, NEIGHBOUR_UNITS)) if after else "",
        _source(hit.paragraph, words),
    ]
    return "\n\n".join(part for part in parts if part.strip())


def _not_found(answer: Answer, words: Words) -> str:
    head = [words.not_found, words.rephrase]
    if not (answer.near and answer.hits):
        return lines(head)
    return _page([*head, "", f"<b>{words.perhaps}</b>"], answer.hits[0], (), words)


def _page(head: Sequence[str], hit: Hit, figures: Sequence[Figure], words: Words) -> str:
    paragraph = hit.paragraph
    above, below = "\n".join(head), _source(paragraph, words)
    room = MessageLimit.MAX_TEXT_LENGTH - units(visible(f"{above}\n\n{below}")) - ELLIPSES
    keep = (figures[0].start, figures[0].end) if figures else next(iter(hit.marks), None)
    within = excerpt(paragraph.text, room, keep)
    return lines([above, quote(styled(paragraph.text, _marks(hit, figures), within)), below])


def _marks(hit: Hit, figures: Sequence[Figure]) -> list[Style]:
    """Figures in bold, as above the paragraph; the matched words underlined."""
    return [
        *((figure.start, figure.end, "b") for figure in figures),
        *((start, end, "u") for start, end in hit.marks),
    ]


def _shown_figures(answer: Answer, rank: int) -> list[Figure]:
    """Choose the best figures for the first page, the paragraph's own for the others; no value twice."""
    shown: dict[tuple[str, str | None], Figure] = {}
    for figure in answer.figures:
        if rank == 0 or figure.paragraph == answer.hits[rank].paragraph.id:
            shown.setdefault((figure.text, figure.period), figure)
    return list(shown.values())[:FIGURES]


def _figure_line(figure: Figure, answer: Answer, hit: Hit, words: Words, *, best: bool) -> str:
    text = escape(shorten(figure.text, NAME_UNITS))
    about = [escape(shorten(part, NAME_UNITS)) for part in (figure.metric, figure.period) if part]
    if figure.paragraph != hit.paragraph.id and (number := _number(figure, answer)):
        about.append(words.in_result.format(number=number))
    shown = f"<b>{text}</b>" if best else text
    return f"{shown}　{' · '.join(about)}" if about else shown


def _number(figure: Figure, answer: Answer) -> int | None:
    """Return the result, counted from 1, that holds the figure."""
    ids = [hit.paragraph.id for hit in answer.hits]
    return ids.index(figure.paragraph) + 1 if figure.paragraph in ids else None


def _source(paragraph: Paragraph, words: Words) -> str:
    return f"📄 <i>{' · '.join(_source_parts(paragraph, words))}</i>"


def _source_parts(paragraph: Paragraph, words: Words) -> Iterator[str]:
    yield escape(shorten(paragraph.title, NAME_UNITS)) or escape(shorten(paragraph.document, NAME_UNITS))
    for part in (paragraph.section, paragraph.source):
        if part and part.strip():
            yield escape(shorten(part, NAME_UNITS))
    if paragraph.date:
        yield escape(shorten(date_text(paragraph.date, words), NAME_UNITS))


def date_text(iso: str, words: Words) -> str:
    """Write an ISO 8601 date, whole or reduced, as the language does; anything else stays as it is."""
    parts = iso.split("-")
    if not all(part.isdecimal() for part in parts) or len(parts) > 3:
        return iso
    form = (words.year, words.month, words.day)[len(parts) - 1]
    return form.format(**dict(zip(("year", "month", "day"), (int(part) for part in parts), strict=False)))
