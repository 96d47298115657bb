"""The buttons that ask what is wrong with an answer, and what their callback data says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, cast

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.keyboards.answers import Press, answer_buttons, counted, suggestion_button

if TYPE_CHECKING:
    from bot.log.entry import Entry, Reason
    from bot.messages import Words

VOTE = re.compile(r"(?:up|down):[0-9a-z]{16}:\d{1,2}", re.ASCII)
REASON = re.compile(r"reason-(figure|paragraph|missed|other):([0-9a-z]{16}):(\d{1,2})", re.ASCII)
IN_A_ROW = 2


@dataclass(frozen=True, slots=True)
class ReasonPress:
    """A reason for a 👎 on the result at `rank`, from 0, of a log row."""

    reason: Reason
    log_id: str
    rank: int

    @classmethod
    def parse(cls, data: str) -> Self | None:
        match = REASON.fullmatch(data)
        return cls(cast("Reason", match[1]), match[2], int(match[3])) if match else None

    def __str__(self) -> str:
        return f"reason-{self.reason}:{self.log_id}:{self.rank}"


def reason_buttons(
    log_id: str, rank: int, words: Words, chosen: Reason | None = None, *, back: bool
) -> InlineKeyboardMarkup:
    """Offer the reasons, the `chosen` one marked; `back` leads to the answer's own buttons."""
    reasons = [
        InlineKeyboardButton(
            f"{text} ✓" if name == chosen else text,
            callback_data=str(ReasonPress(cast("Reason", name), log_id, rank)),
        )
        for name, text in words.feedback.reasons.items()
    ]
    rows = [reasons[start : start + IN_A_ROW] for start in range(0, len(reasons), IN_A_ROW)]
    if back:
        page = Press("page", log_id, rank)
        rows.append([InlineKeyboardButton(words.answers.back, callback_data=str(page))])
    return InlineKeyboardMarkup(rows)


def buttons_under(entry: Entry, rank: int, words: Words) -> InlineKeyboardMarkup:
    """Build what stands under the result at `rank`, or under an answer that shows none."""
    if entry.answer.found or entry.answer.near:
        return answer_buttons(entry, rank, words)
    missed = str(ReasonPress("missed", entry.id, 0))
    text = counted(words.feedback.should_be_there, entry.downs)
    above = suggestion_button(entry.id, words).inline_keyboard if entry.answer.suggestion else ()
    return InlineKeyboardMarkup([*above, [InlineKeyboardButton(text, callback_data=missed)]])
