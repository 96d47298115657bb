"""How buttons stand under a message: in rows, with paging; what they are for is not known here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.messages import Words

STAY = "stay"
"""The data of a button that only shows something."""


def button(text: str, data: object) -> InlineKeyboardButton:
    """Build a button; its data is what `str` makes of it."""
    return InlineKeyboardButton(text, callback_data=str(data))


def rows(buttons: Sequence[InlineKeyboardButton], in_a_row: int) -> list[list[InlineKeyboardButton]]:
    return [list(buttons[start : start + in_a_row]) for start in range(0, len(buttons), in_a_row)]


def keyboard(*filled: Sequence[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    """Put the rows together, without the empty ones."""
    return InlineKeyboardMarkup([row for row in filled if row])


def paging(
    offset: int, count: int, size: int, words: Words, at: Callable[[int], object]
) -> list[InlineKeyboardButton]:
    """Build the row that turns pages of `size`; empty for one page. `at` makes the data of an offset."""
    if count <= size:
        return []
    row = [button(f"{offset // size + 1}/{-(-count // size)}", STAY)]
    if offset > 0:
        row.insert(0, button(words.conversation.previous_page, at(max(0, offset - size))))
    if offset + size < count:
        row.append(button(words.conversation.next_page, at(offset + size)))
    return row
