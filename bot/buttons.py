"""The buttons under messages, and what their callback data says.

The data names a log row, so a button needs no memory of ours and works after a restart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self, cast

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.messages import Language, Words

Action = Literal["page", "context", "up", "down", "suggest"]

PRESS = re.compile(r"(page|context|up|down|suggest):([0-9a-z]{16}):(\d{1,2})", re.ASCII)
LOGS = re.compile(r"logs:(\d{1,9}):([01])", re.ASCII)
LANGUAGE = re.compile(r"language:(zh-hans|zh-hant|en|auto)", re.ASCII)
STAY = "stay"
"""The data of a button that only shows something."""
LANGUAGE_NAMES: dict[Language, str] = {"zh-hans": "简体中文", "zh-hant": "繁體中文", "en": "English"}


@dataclass(frozen=True, slots=True)
class Press:
    """A button under an answer: what it does, for which log row, at which result (from 0)."""

    action: Action
    log_id: str
    rank: int

    @classmethod
    def parse(cls, data: str) -> Self | None:
        match = PRESS.fullmatch(data)
        return cls(cast("Action", match[1]), match[2], int(match[3])) if match else None

    def __str__(self) -> str:
        return f"{self.action}:{self.log_id}:{self.rank}"


@dataclass(frozen=True, slots=True)
class LogsPage:
    """A place in the log's listing: how many newer rows come before it, and whether only unanswered ones."""

    offset: int = 0
    unanswered: bool = False

    @classmethod
    def parse(cls, data: str) -> Self | None:
        match = LOGS.fullmatch(data)
        return cls(int(match[1]), match[2] == "1") if match else None

    def __str__(self) -> str:
        return f"logs:{self.offset}:{self.unanswered:d}"


def answer_buttons(  # noqa: PLR0913 - one argument a thing shown
    log_id: str,
    rank: int,
    ranks: Sequence[int],
    words: Words,
    *,
    ups: int = 0,
    downs: int = 0,
    suggested: bool = False,
) -> InlineKeyboardMarkup:
    """Build the buttons of result `rank`, with the votes so far; `ranks` are those that have a page.

    `suggested` adds the button that asks the suggested question.
    """
    earlier, later = [one for one in ranks if one < rank], [one for one in ranks if one > rank]

    def button(text: str, action: Action, at: int = rank) -> InlineKeyboardButton:
        return InlineKeyboardButton(text, callback_data=str(Press(action, log_id, at)))

    paging = []
    if earlier:
        paging.append(button(words.answers.previous, "page", earlier[-1]))
    paging.append(InlineKeyboardButton(f"{len(earlier) + 1}/{len(ranks)}", callback_data=STAY))
    if later:
        paging.append(button(words.answers.next, "page", later[0]))
    below = [
        button(words.answers.context, "context"),
        button(_counted("👍", ups), "up"),
        button(_counted("👎", downs), "down"),
    ]
    above = [_suggestion(log_id, words)] if suggested else []
    return InlineKeyboardMarkup([*above, paging, below] if len(ranks) > 1 else [*above, below])


def suggestion_button(log_id: str, words: Words) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([_suggestion(log_id, words)])


def back_button(log_id: str, rank: int, words: Words) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(words.answers.back, callback_data=str(Press("page", log_id, rank)))]]
    )


def logs_buttons(page: LogsPage, size: int, count: int, words: Words) -> InlineKeyboardMarkup:
    """Build the buttons of a listing that shows `size` of `count` rows at a time."""

    def button(text: str, target: LogsPage) -> InlineKeyboardButton:
        return InlineKeyboardButton(text, callback_data=str(target))

    paging = []
    if page.offset > 0:
        paging.append(button(words.logs.newer, LogsPage(max(0, page.offset - size), page.unanswered)))
    if count > size:
        pages = -(-count // size)
        paging.append(InlineKeyboardButton(f"{page.offset // size + 1}/{pages}", callback_data=STAY))
    if page.offset + size < count:
        paging.append(button(words.logs.older, LogsPage(page.offset + size, page.unanswered)))
    toggle = words.logs.show_all if page.unanswered else words.logs.only_unanswered
    rows = [paging, [button(toggle, LogsPage(0, not page.unanswered))]]
    return InlineKeyboardMarkup([row for row in rows if row])


def language_buttons(chosen: Language | None, words: Words) -> InlineKeyboardMarkup:
    """Offer the languages, each in its own words; the `chosen` one is marked, None is Telegram's."""
    names = [*LANGUAGE_NAMES.items(), (None, words.access.language_automatic)]
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(
                    f"{name} ✓" if language == chosen else name,
                    callback_data=f"language:{language or 'auto'}",
                )
            ]
            for language, name in names
        ]
    )


def _suggestion(log_id: str, words: Words) -> list[InlineKeyboardButton]:
    return [InlineKeyboardButton(words.answers.ask_that, callback_data=str(Press("suggest", log_id, 0)))]


def _counted(symbol: str, votes: int) -> str:
    """Mark the chosen one; count where several people chose."""
    return symbol if not votes else f"{symbol} ✓" if votes == 1 else f"{symbol} {votes}"
