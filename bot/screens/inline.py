"""An Answer as inline results: what is seen while somebody types `@bot question`, and what each becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import InlineQueryResultArticle, InlineQueryResultCachedPhoto, InputTextMessageContent
from telegram.constants import MessageLimit, ParseMode

from bot.markup import excerpt, lines, readable, shorten, units, visible
from bot.pages import as_shown, shown_figures, shown_ranks
from bot.screens.answers import answer_page, place_of, title_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from telegram import InlineQueryResult

    from bot.messages import Words
    from retrieval.model import Answer, Hit, Picture

TITLE_UNITS = 80
SNIPPET_UNITS = 100
SOURCE_UNITS = 40
UNTITLED = "…"
NO_PHOTOS: Mapping[str, str] = {}


def results_of(
    answer: Answer, first: int, words: Words, photos: Mapping[str, str] = NO_PHOTOS
) -> list[InlineQueryResult]:
    """Return the results from rank `first` on, the one with the best figure before the others.

    A result with a picture is a photo where Telegram has that: `photos` gives file ids by the pictures' keys.
    Where nothing is found, the paragraph that is near is the only one, if there is one.
    """
    if not answer.found:
        title = f"{words.answers.perhaps}{_source(answer.hits[0], words)}" if answer.near else ""
        return [_article("near", title, answer, 0, words)] if title else []
    best = next((figure.paragraph for figure in shown_figures(answer, 0)), None)
    ranks = [rank for rank in shown_ranks(answer) if rank >= first]
    ranks.sort(key=lambda rank: answer.hits[rank].paragraph.id != best)
    found: list[InlineQueryResult] = []
    for rank in ranks:
        key, title = f"result-{rank}", _figure(answer, rank) or _source(answer.hits[rank], words)
        photo = next((photos[one.key] for one in _pictures(answer, rank) if one.key in photos), None)
        shown = _photo(key, title, photo, answer, rank, words) if photo else None
        found.append(shown or _article(key, title, answer, rank, words))
    return found


def example_results(answers: Sequence[Answer], words: Words) -> list[InlineQueryResultArticle]:
    """Return questions that may be asked, each with its answer as the message."""
    return [
        _article(f"example-{place}", answer.question.text, answer, 0, words)
        for place, answer in enumerate(answers)
    ]


def _article(key: str, title: str, answer: Answer, rank: int, words: Words) -> InlineQueryResultArticle:
    return InlineQueryResultArticle(
        key,
        _title(title, words),
        InputTextMessageContent(answer_page(answer, rank, words, alone=True), ParseMode.HTML),
        description=_description(answer.hits[rank], words),
    )


def _photo(  # noqa: PLR0913, PLR0917 - one argument a part
    key: str, title: str, photo: str, answer: Answer, rank: int, words: Words
) -> InlineQueryResultCachedPhoto | None:
    """Return a result with a photo; None where a caption has no room for the answer."""
    limit = int(MessageLimit.CAPTION_LENGTH)
    caption = answer_page(answer, rank, words, alone=True, with_course=False, limit=limit)
    if units(visible(caption)) > limit:
        return None
    return InlineQueryResultCachedPhoto(
        key,
        photo,
        title=_title(title, words),
        description=_description(answer.hits[rank], words),
        caption=caption,
        parse_mode=ParseMode.HTML,
    )


def _pictures(answer: Answer, rank: int) -> Sequence[Picture]:
    """Return the pictures that stand for a result: its own, and for the first one any of the answer's."""
    own = [picture for picture in answer.pictures if picture.paragraph == answer.hits[rank].paragraph.id]
    return own or (answer.pictures if rank == 0 else [])


def _title(title: str, words: Words) -> str:
    return words.shown(shorten(readable(title), TITLE_UNITS)) or UNTITLED


def _description(hit: Hit, words: Words) -> str:
    return words.shown(lines([_snippet(hit), f"📄 {_source(hit, words)}"]))


def _figure(answer: Answer, rank: int) -> str:
    """Return the result's own best figure with what it measures; empty without one."""
    own = shown_figures(answer, rank, own=True)[:1]
    return "".join(
        " · ".join(part for part in (as_shown(figure, answer), figure.metric, figure.period) if part)
        for figure in own
    )


def _source(hit: Hit, words: Words) -> str:
    parts = title_of(hit.paragraph), *place_of(hit.paragraph, words)
    return readable(" · ".join(shorten(part, SOURCE_UNITS) for part in parts if part))


def _snippet(hit: Hit) -> str:
    """Return the sentence that answers, or else the paragraph's beginning."""
    text = hit.paragraph.text
    start = next(iter(hit.answering), (0, 0))[0]
    begin, end = excerpt(text[start:], SNIPPET_UNITS)
    return readable(" ".join(text[start + begin : start + end].split()))
