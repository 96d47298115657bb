"""The buttons of invitations and of forgetting, and what their callback data says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.messages import Words
    from bot.state.people import Invitation

INVITATION = re.compile(r"invite:(list|ask|end):([0-9a-f]{8}|all)", re.ASCII)
FORGET = re.compile(r"forget:(yes|no):([0-9a-f]{16})", re.ASCII)


def invitation_buttons(invitation: str, words: Words) -> InlineKeyboardMarkup:
    """Build the buttons under a new invitation."""
    return _rows(
        [[(words.access.withdraw, f"ask:{invitation}"), (words.access.show_invitations, "list:all")]]
    )


def invitations_buttons(invitations: Sequence[Invitation], words: Words) -> InlineKeyboardMarkup:
    """Build a button for each of the invitations as they are numbered in their list."""
    buttons = [
        (f"{words.access.withdraw} {number}", f"ask:{invitation.id}")
        for number, invitation in enumerate(invitations, 1)
    ]
    return _rows([buttons[start : start + 3] for start in range(0, len(buttons), 3)])


def withdraw_buttons(invitation: str, words: Words) -> InlineKeyboardMarkup:
    return _rows([[(words.access.withdraw_yes, f"end:{invitation}"), (words.answers.back, "list:all")]])


def forget_buttons(person: str, words: Words) -> InlineKeyboardMarkup:
    """Build the question whether to forget `person`, a keyed hash: nobody else's press counts."""
    yes = InlineKeyboardButton(words.access.forget_yes, callback_data=f"forget:yes:{person}")
    no = InlineKeyboardButton(words.access.forget_no, callback_data=f"forget:no:{person}")
    return InlineKeyboardMarkup([[yes, no]])


def _rows(rows: Sequence[Sequence[tuple[str, str]]]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(text, callback_data=f"invite:{data}") for text, data in row] for row in rows]
    )
