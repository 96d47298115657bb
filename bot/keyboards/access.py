"""The buttons of invitations, of languages and of forgetting, and what their callback data says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.keyboards.layout import button, keyboard, rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telegram import InlineKeyboardMarkup

    from bot.messages import Language, Words
    from bot.state.people import Invitation

INVITATION = re.compile(r"invite:(list|ask|end):([0-9a-f]{8}|all)", re.ASCII)
LANGUAGE = re.compile(r"language:(zh-hans|zh-hant|en|auto)", re.ASCII)
FORGET = re.compile(r"forget:(yes|no):([0-9a-f]{16})", re.ASCII)

LANGUAGE_NAMES: dict[Language, str] = {"zh-hans": "简体中文", "zh-hant": "繁體中文", "en": "English"}
IN_A_ROW = 3


def invitation_buttons(invitation: str, words: Words) -> InlineKeyboardMarkup:
    """Build the buttons under a new invitation."""
    return keyboard(
        [
            button(words.access.withdraw, f"invite:ask:{invitation}"),
            button(words.access.show_invitations, "invite:list:all"),
        ]
    )


def invitations_buttons(invitations: Sequence[Invitation], words: Words) -> InlineKeyboardMarkup:
    """Build a button for each of the invitations as they are numbered in their list."""
    buttons = [
        button(f"{words.access.withdraw} {number}", f"invite:ask:{invitation.id}")
        for number, invitation in enumerate(invitations, 1)
    ]
    return keyboard(*rows(buttons, IN_A_ROW))


def withdraw_buttons(invitation: str, words: Words) -> InlineKeyboardMarkup:
    return keyboard(
        [
            button(words.access.withdraw_yes, f"invite:end:{invitation}"),
            button(words.answers.back, "invite:list:all"),
        ]
    )


def forget_buttons(person: str, words: Words) -> InlineKeyboardMarkup:
    """Build the question whether to forget `person`, a keyed hash: nobody else's press counts."""
    return keyboard(
        [
            button(words.access.forget_yes, f"forget:yes:{person}"),
            button(words.access.forget_no, f"forget:no:{person}"),
        ]
    )


def language_buttons(chosen: Language | None, words: Words) -> InlineKeyboardMarkup:
    """Offer the languages, each in its own words; the `chosen` one is marked, None is Telegram's."""
    names = [*LANGUAGE_NAMES.items(), (None, words.access.language_automatic)]
    return keyboard(
        *(
            [button(f"{name} ✓" if language == chosen else name, f"language:{language or 'auto'}")]
            for language, name in names
        )
    )
