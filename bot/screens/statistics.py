"""What admins read of the log's counts: the caption of the chart, and the daily digest; as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.log.statistics import TOP
from bot.markup import escape, lines, shorten
from bot.screens.logs import vote_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from bot.log.statistics import Counted, Dislike, Gap, Statistics
    from bot.messages import Words

NAME_UNITS = 40  # three blocks of TOP lines stay within a caption's 1024 units
UNUSED = 3  # files named
QUESTION_UNITS = 100


def statistics_caption(statistics: Statistics, unused: Sequence[str] | None, words: Words) -> str:
    """Say the figures of the days that the chart shows; `unused` are files that no answer showed.

    `unused` is None where that is not known.
    """
    texts = words.logs
    first, last = statistics.by_day[0].day, statistics.by_day[-1].day
    span = texts.statistics_title.format(first=_day(first), last=_day(last))
    parts = [
        [f"📊 <b>{span}</b>", *_figures(statistics, words)],
        _ranking(texts.top_questions, statistics.questions),
        _ranking(texts.top_articles, statistics.articles),
        _unused(unused, words) if unused else [],
        [texts.legend],
    ]
    return "\n\n".join(lines(part) for part in parts if part)


def digest(
    statistics: Statistics, gaps: Sequence[Gap], dislikes: Sequence[Dislike], day: date, words: Words
) -> str:
    """Tell an admin of one day."""
    texts = words.logs
    open_questions = [
        f"{number}. {escape(shorten(gap.wordings[0].text, QUESTION_UNITS))} ×{gap.count}"
        for number, gap in enumerate(gaps[:TOP], 1)
    ]
    parts = [
        [f"🗓 <b>{texts.digest_title.format(day=_day(day))}</b>", *_figures(statistics, words)],
        [f"<b>{texts.digest_gaps}</b>", *open_questions] if open_questions else [],
        [f"<b>{texts.digest_dislikes}</b>", *_dislikes(dislikes, words)] if dislikes else [],
    ]
    return "\n\n".join(lines(part) for part in parts if part)


def _figures(statistics: Statistics, words: Words) -> Iterator[str]:
    texts = words.logs
    yield texts.asked.format(asked=f"{statistics.asked:,}", askers=f"{statistics.askers:,}")
    if statistics.asked:
        share = f"{statistics.answered / statistics.asked:.0%} ({statistics.answered:,})"
        votes = f" · 👍 {statistics.ups} · 👎 {statistics.downs}" if statistics.ups + statistics.downs else ""
        yield texts.answered_share.format(share=share) + votes
    if statistics.p50 is not None and statistics.p95 is not None:
        yield escape(texts.timings.format(p50=f"{statistics.p50:.0f}", p95=f"{statistics.p95:.0f}"))


def _ranking(title: str, counted: Sequence[Counted]) -> list[str]:
    ranked = [
        f"{number}. {escape(shorten(one.text, NAME_UNITS))} ×{one.count}"
        for number, one in enumerate(counted, 1)
    ]
    return [f"<b>{title}</b>", *ranked] if ranked else []


def _unused(unused: Sequence[str], words: Words) -> list[str]:
    return [
        f"<b>{words.logs.unused_articles.format(count=len(unused))}</b>",
        *(f"· {escape(shorten(path, NAME_UNITS))}" for path in unused[:UNUSED]),
        "· …" if len(unused) > UNUSED else "",
    ]


def _dislikes(dislikes: Sequence[Dislike], words: Words) -> Iterator[str]:
    for dislike in dislikes:
        yield f"· {escape(shorten(dislike.question, QUESTION_UNITS))}"
        yield f"  {vote_text(dislike.vote, words)}"


def _day(day: date) -> str:
    return f"{day:%m-%d}"
