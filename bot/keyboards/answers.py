"""The buttons under an answer and the questions to try, and what their callback data says.

An answer's data names its log row, so a button needs no memory of ours and works after a restart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self, cast

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import InlineKeyboardButtonLimit

from bot.keyboards.layout import STAY
from bot.markup import readable, shorten, units
from bot.pages import as_shown, further_pictures, shown_figures, shown_ranks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.log.entry import Entry
    from bot.messages import Words
    from retrieval.model import Answer

Action = Literal["page", "context", "full", "pictures", "up", "down", "suggest"]

PRESS = re.compile(
    r"(page|context|full|pictures|up|down|suggest):([0-9a-z]{16}):(\d{1,2})(?::(-?\d{1,4}))?", re.ASCII
)
EXAMPLE = re.compile(r"example:\d", re.ASCII)
FIGURE_UNITS = 16  # of a figure on its button


@dataclass(frozen=True, slots=True)
class Press:
    """A button under an answer: what it does, for which log row, at which result (from 0).

    Of the text around a result, `shift` is how many paragraphs on from it, back where negative.
    """

    action: Action
    log_id: str
    rank: int
    shift: int = 0

    @classmethod
    def parse(cls, data: str) -> Self | None:
        match = PRESS.fullmatch(data)
        return cls(cast("Action", match[1]), match[2], int(match[3]), int(match[4] or 0)) if match else None

    def __str__(self) -> str:
        shift = f":{self.shift}" if self.shift else ""
        return f"{self.action}:{self.log_id}:{self.rank}{shift}"


def answer_buttons(entry: Entry, rank: int, words: Words) -> InlineKeyboardMarkup:
    """Build the buttons of the result at `rank`: other results, the text, the votes so far.

    The first one's have the suggested question too, where there is one; the text's and the votes then share a
    row, for a phone shows three rows at a glance.
    """
    suggested = rank == 0 and entry.answer.suggestion is not None
    text = [
        InlineKeyboardButton(words.answers.context, callback_data=str(Press("context", entry.id, rank))),
        InlineKeyboardButton(words.answers.full_article, callback_data=str(Press("full", entry.id, rank))),
    ]
    if further_pictures(entry.answer, rank):
        text.append(InlineKeyboardButton("🖼", callback_data=str(Press("pictures", entry.id, rank))))
    votes = [
        InlineKeyboardButton(counted("👍", entry.ups), callback_data=str(Press("up", entry.id, rank))),
        InlineKeyboardButton(counted("👎", entry.downs), callback_data=str(Press("down", entry.id, rank))),
    ]
    copy = _copy_button(entry.answer, rank, words)
    rows = [_paging(entry.id, rank, shown_ranks(entry.answer), words)]
    if suggested:
        rows = [[*_suggestion(entry.id, words), *copy], *rows, [*text, *votes]]
    else:
        rows += [[*copy, *text], votes]
    return InlineKeyboardMarkup([row for row in rows if row])


def suggestion_button(log_id: str, words: Words) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([_suggestion(log_id, words)])


def context_buttons(press: Press, words: Words, *, earlier: bool, later: bool) -> InlineKeyboardMarkup:
    """Build the buttons of the text around a result, shown at the place `press`."""

    def button(text: str, action: Action, shift: int = 0) -> InlineKeyboardButton:
        return InlineKeyboardButton(text, callback_data=str(Press(action, press.log_id, press.rank, shift)))

    walking = [
        *([button(words.answers.earlier_text, "context", press.shift - 1)] if earlier else []),
        *([button(words.answers.later_text, "context", press.shift + 1)] if later else []),
    ]
    below = [button(words.answers.back, "page"), button(words.answers.full_article, "full")]
    return InlineKeyboardMarkup([row for row in (walking, below) if row])


def example_buttons(questions: Sequence[str]) -> InlineKeyboardMarkup | None:
    """Offer questions, one a row; a press asks what its button says."""
    rows = [
        [InlineKeyboardButton(question, callback_data=f"example:{place}")]
        for place, question in enumerate(questions)
    ]
    return InlineKeyboardMarkup(rows) if rows else None


def _paging(log_id: str, rank: int, ranks: Sequence[int], words: Words) -> list[InlineKeyboardButton]:
    """Lead to the results before and after; empty where there is only one."""
    if len(ranks) < 2:
        return []
    earlier, later = [one for one in ranks if one < rank], [one for one in ranks if one > rank]

    def button(text: str, at: int) -> InlineKeyboardButton:
        return InlineKeyboardButton(text, callback_data=str(Press("page", log_id, at)))

    return [
        *([button(words.answers.previous, earlier[-1])] if earlier else []),
        InlineKeyboardButton(f"{len(earlier) + 1}/{len(ranks)}", callback_data=STAY),
        *([button(words.answers.next, later[0])] if later else []),
    ]


def _copy_button(answer: Answer, rank: int, words: Words) -> list[InlineKeyboardButton]:
    """Copy the best figure shown, in the article's own characters; empty where there is none that fits.

    Of a series it is the newest. Telegram marks such a button with a sign of its own.
    """
    texts = [readable(as_shown(figure, answer)).strip() for figure in shown_figures(answer, rank)[:1]]
    if answer.series and rank == 0:
        texts = [readable(answer.series.points[-1].statements[0].figure.text).strip()]
    return [
        InlineKeyboardButton(words.shown(shorten(text, FIGURE_UNITS)), copy_text=CopyTextButton(text))
        for text in texts
        if text and units(text) <= InlineKeyboardButtonLimit.MAX_COPY_TEXT
    ]


def _suggestion(log_id: str, words: Words) -> list[InlineKeyboardButton]:
    return [InlineKeyboardButton(words.answers.ask_that, callback_data=str(Press("suggest", log_id, 0)))]


def counted(symbol: str, votes: int) -> str:
    """Mark the chosen one; count where several people chose."""
    return symbol if not votes else f"{symbol} ✓" if votes == 1 else f"{symbol} {votes}"
