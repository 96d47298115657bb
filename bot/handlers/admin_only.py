"""The one check that stands before everything that is for admins alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.markup import escape
from bot.outgoing import delivery

if TYPE_CHECKING:
    from telegram import Update

    from bot.state.people import People


async def refused(update: Update, people: People) -> bool:
    """Tell whether the update is of somebody who is no admin, after saying so politely."""
    if people.is_admin(update.effective_user):
        return False
    words = people.words_of(update.effective_user)
    if update.callback_query:
        await delivery.toast(update.callback_query, words.conversation.refused)
    elif update.message:
        await delivery.reply(update.message, escape(words.conversation.refused))
    return True
