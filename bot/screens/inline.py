"""An Answer as inline results: what is seen while somebody types `@bot question`, and what each becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import InlineQueryResultArticle, InputTextMessageContent
from telegram.constants import ParseMode

from bot.markup import excerpt, lines, readable, shorten
from bot.pages import as_shown, shown_figures, shown_ranks
from bot.screens.answers import answer_page, title_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.messages import Words
    from retrieval.model import Answer, Hit

TITLE_UNITS = 80
SNIPPET_UNITS = 100
SOURCE_UNITS = 40
UNTITLED = "…"


def results_of(answer: Answer, first: int, words: Words) -> list[InlineQueryResultArticle]:
    """Return the results from rank `first` on, the one with the best figure before the others.

    Where nothing is found, the paragraph that is near is the only one, if there is one.
    """
    if not answer.found:
        title = f"{words.answers.perhaps}{_source(answer.hits[0])}" if answer.near else ""
        return [_article("near", title, answer, 0, words)] if title else []
    best = next((figure.paragraph for figure in shown_figures(answer, 0)), None)
    ranks = [rank for rank in shown_ranks(answer) if rank >= first]
    ranks.sort(key=lambda rank: answer.hits[rank].paragraph.id != best)
    return [
        _article(f"result-{rank}", _figure(answer, rank) or _source(answer.hits[rank]), answer, rank, words)
        for rank in ranks
    ]


def example_results(answers: Sequence[Answer], words: Words) -> list[InlineQueryResultArticle]:
    """Return questions that may be asked, each with its answer as the message."""
    return [
        _article(f"example-{place}", answer.question.text, answer, 0, words)
        for place, answer in enumerate(answers)
    ]


def _article(key: str, title: str, answer: Answer, rank: int, words: Words) -> InlineQueryResultArticle:
    hit = answer.hits[rank]
    description = lines([_snippet(hit), f"📄 {_source(hit)}"])
    return InlineQueryResultArticle(
        key,
        words.shown(shorten(readable(title), TITLE_UNITS)) or UNTITLED,
        InputTextMessageContent(answer_page(answer, rank, words, alone=True), ParseMode.HTML),
        description=words.shown(description),
    )


def _figure(answer: Answer, rank: int) -> str:
    """Return the result's own best figure with what it measures; empty without one."""
    own = shown_figures(answer, rank, own=True)[:1]
    return "".join(
        " · ".join(part for part in (as_shown(figure, answer), figure.metric, figure.period) if part)
        for figure in own
    )


def _source(hit: Hit) -> str:
    parts = title_of(hit.paragraph), hit.paragraph.section
    return readable(" · ".join(shorten(part, SOURCE_UNITS) for part in parts if part))


def _snippet(hit: Hit) -> str:
    """Return the sentence that answers, or else the paragraph's beginning."""
    text = hit.paragraph.text
    start = next(iter(hit.answering), (0, 0))[0]
    begin, end = excerpt(text[start:], SNIPPET_UNITS)
    return readable(" ".join(text[start + begin : start + end].split()))
