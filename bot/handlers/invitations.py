"""Invitations: admins make and withdraw them, and people come in by their links."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from telegram.constants import ChatType
from telegram.helpers import create_deep_linked_url

from bot.handlers.admin_only import refused
from bot.keyboards.access import INVITATION, invitation_buttons, invitations_buttons, withdraw_buttons
from bot.markup import escape
from bot.outgoing import delivery
from bot.screens.invitations import invitation_link, invitations_listing
from bot.state.people import INVITATION_DAYS

if TYPE_CHECKING:
    from telegram import InlineKeyboardMarkup, Message, Update
    from telegram.ext import ContextTypes

    from bot.messages import Words
    from bot.state.people import Invitation, People

LINK = "inv_"
"""What the payload of an invitation's link begins with."""
BY_LINK = rf"^/start {LINK}"
"""The message that Telegram sends for somebody who follows such a link."""
LONGEST_DAYS = 365
LISTED = 30  # invitations


class Invitations:
    def __init__(self, people: People, admitting: asyncio.Lock) -> None:
        """`admitting` is held while somebody is let in."""
        self._people = people
        self._admitting = admitting

    async def command(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer `/invite [days]`: with a link in private; in a group by letting the group in."""
        message = update.message
        if message is None or await refused(update, self._people):
            return
        words = self._people.words_of(update.effective_user)
        if self._people.access == "open":
            await delivery.reply(message, escape(words.access.invite_open))
        elif message.chat.type == ChatType.PRIVATE:
            await self._invite(message, context.args or [], words)
        else:
            async with self._admitting:
                await asyncio.to_thread(self._people.admit_group, message.chat.id, message.chat.title or "")
            await delivery.reply(message, escape(words.access.group_admitted))

    async def accept(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Let in who comes by a link."""
        message, user = update.message, update.effective_user
        if message is None or user is None:
            return
        code = "".join(context.args or []).removeprefix(LINK)
        async with self._admitting:
            accepted = await asyncio.to_thread(self._people.accept, user.id, code)
        words = self._people.words_of(user).access
        said = words.welcome if accepted or self._people.may_ask(user.id, None) else words.invitation_invalid
        await delivery.reply(message, escape(said), quoting=False)

    async def press(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None or await refused(update, self._people):
            return
        words = self._people.words_of(query.from_user)
        match = INVITATION.fullmatch(query.data or "")
        if match is None or query.message is None:
            await delivery.toast(query)
            return
        said = None
        if match[1] == "end":
            out = await asyncio.to_thread(self._people.withdraw, match[2])
            said = words.access.withdrawn.format(guests=out)
        known = await asyncio.to_thread(self._people.invitations)
        if match[1] == "ask" and any(one.id == match[2] for one in known):
            await delivery.toast(query)
            asked = escape(words.access.withdraw_sure), withdraw_buttons(match[2], words)
            await delivery.edit(query.message, *asked)
            return
        await delivery.toast(query, words.access.invitation_gone if match[1] == "ask" else said)
        await delivery.edit(query.message, *_listing(known, words))

    async def _invite(self, message: Message, arguments: list[str], words: Words) -> None:
        days = arguments[0] if arguments else str(INVITATION_DAYS)
        if not (days.isdecimal() and 1 <= int(days[:4]) <= LONGEST_DAYS):
            await delivery.reply(message, escape(words.access.invite_days))
            return
        invitation, code = await asyncio.to_thread(self._people.invite, timedelta(days=int(days)))
        assert invitation.expires_at
        link = create_deep_linked_url(message.get_bot().username, f"{LINK}{code}")
        text = invitation_link(link, invitation.expires_at, words)
        await delivery.reply(message, text, invitation_buttons(invitation.id, words))


def _listing(invitations: list[Invitation], words: Words) -> tuple[str, InlineKeyboardMarkup]:
    listed = invitations[:LISTED]
    return invitations_listing(listed, words), invitations_buttons(listed, words)
