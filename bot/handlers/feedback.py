"""Votes on answers: 👍 and 👎, the reason for a 👎, and a comment in the voter's own words.

In a private chat the reasons take the place of the answer's buttons. In a group these are everybody's, so the
voter is asked in a message that only the voter may press. All state is in the log.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from telegram import ForceReply, Message
from telegram.constants import ChatType

from bot.keyboards.answers import Press
from bot.keyboards.feedback import ReasonPress, buttons_under, reason_buttons
from bot.log.entry import Vote
from bot.log.query_log import SHOWN_AFTER
from bot.markup import escape, shorten
from bot.outgoing import delivery

if TYPE_CHECKING:
    from telegram import Update
    from telegram.ext import ContextTypes

    from bot.handlers.paging import Paging, Pressed
    from bot.log.entry import Reason, Verdict
    from bot.log.query_log import QueryLog
    from bot.state.people import People

QUESTION_MARKS = ("？", "?")
LONGEST_COMMENT = 1000  # characters
NAME_UNITS = 40


class Feedback:
    def __init__(self, log: QueryLog, people: People, paging: Paging) -> None:
        self._log = log
        self._people = people
        self._paging = paging
        # One for each voter on each answer, for as long as somebody holds it: nobody is asked twice.
        self._turns: WeakValueDictionary[tuple[str, int], asyncio.Lock] = WeakValueDictionary()

    async def vote(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Take a 👍 or 👎, in place of the person's earlier vote."""
        query = update.callback_query
        press = Press.parse(query.data or "") if query else None
        pressed = await self._paging.find(query, press) if query else None
        if pressed is None:
            return
        async with self._turn(pressed):
            voted, own = await self._voted(pressed)
            if voted.press.action == "up":
                await self._thank(voted)
            elif _in_private(voted):
                await delivery.toast(voted.query, voted.words.feedback.why)
                reasons = reason_buttons(voted.entry.id, voted.press.rank, voted.words, own.reason, back=True)
                await delivery.edit_buttons(voted.message, reasons)
            else:
                await self._thank(voted)
                if own.prompt is None:
                    await self._ask_in_group(voted)

    async def reason(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Take the reason for a 👎, which it is a vote for too, and invite a comment."""
        query = update.callback_query
        press = ReasonPress.parse(query.data or "") if query else None
        if query is None or press is None:
            return
        pressed = await self._paging.find(query, Press("down", press.log_id, press.rank))
        if pressed is None:
            return
        asked = await asyncio.to_thread(
            self._log.prompted, query.from_user.id, pressed.message.chat.id, pressed.message.message_id
        )
        # A button of one press, or one that stands in a message for this person alone
        alone = press.reason == "missed" and not pressed.entry.answer.found
        if not (_in_private(pressed) or alone or (asked and asked.query == press.log_id)):
            await delivery.toast(query, pressed.words.feedback.not_yours)
            return
        async with self._turn(pressed):
            voted, own = await self._voted(pressed, press.reason)
            if asked:
                await delivery.toast(query, voted.words.feedback.thanks)
                await delivery.edit(voted.message, escape(voted.words.feedback.noted))
                return
            await self._thank(voted)
            if _in_private(voted) and own.prompt is None:
                await self._invite_comment(voted)

    async def comment(self, message: Message) -> bool:
        """Take a reply, new or edited, to what invited the comment; False where the message is none."""
        user, invitation = message.from_user, message.reply_to_message
        # The reader's app may still be aimed at the invitation when they ask on.
        if user is None or invitation is None or (message.text or "").rstrip().endswith(QUESTION_MARKS):
            return False
        vote = await asyncio.to_thread(self._log.prompted, user.id, message.chat.id, invitation.message_id)
        if vote is None:
            return False
        self._log.comment(vote, (message.text or "")[:LONGEST_COMMENT])
        await delivery.reply(message, escape(self._people.words_of(user).feedback.comment_taken))
        return True

    async def _voted(self, pressed: Pressed, reason: Reason | None = None) -> tuple[Pressed, Vote]:
        """Record the vote; return the press with the answer as it is now, and the presser's vote on it."""
        press, query = pressed.press, pressed.query
        verdict: Verdict = "up" if press.action == "up" else "down"
        self._log.vote(press.log_id, query.from_user.id, verdict, press.rank, reason=reason)
        await asyncio.to_thread(self._log.flush, SHOWN_AFTER)
        entry = await asyncio.to_thread(self._log.get, press.log_id) or pressed.entry
        voter = self._log.pseudonyms.user(query.from_user.id)
        others = tuple(vote for vote in entry.votes if vote.voter != voter)
        logged = next((vote for vote in entry.votes if vote.voter == voter), None)
        # The log may be slow: what was just voted is shown all the same.
        own = replace(
            logged or Vote(press.log_id, voter, verdict, datetime.now(UTC)),
            verdict=verdict,
            rank=press.rank,
            reason=reason or (logged.reason if logged else None),
        )
        return replace(pressed, entry=replace(entry, votes=(*others, own))), own

    async def _thank(self, voted: Pressed) -> None:
        await delivery.toast(voted.query, voted.words.feedback.thanks)
        buttons = buttons_under(voted.entry, voted.press.rank, voted.words)
        await delivery.edit_buttons(voted.message, buttons)

    async def _ask_in_group(self, voted: Pressed) -> None:
        if not isinstance(voted.message, Message):
            return
        press, words = voted.press, voted.words
        name = shorten(voted.query.from_user.full_name, NAME_UNITS)
        sent = await delivery.reply(
            voted.message,
            escape(words.feedback.why_named.format(name=name)),
            reason_buttons(press.log_id, press.rank, words, back=False),
        )
        self._log.vote(press.log_id, voted.query.from_user.id, "down", press.rank, prompt=sent.message_id)

    async def _invite_comment(self, voted: Pressed) -> None:
        if not isinstance(voted.message, Message):
            return
        press, words = voted.press, voted.words.feedback
        sent = await delivery.reply(
            voted.message,
            escape(words.noted),
            ForceReply(input_field_placeholder=words.placeholder),
            quoting=False,
        )
        self._log.vote(press.log_id, voted.query.from_user.id, "down", press.rank, prompt=sent.message_id)

    def _turn(self, pressed: Pressed) -> asyncio.Lock:
        key = pressed.entry.id, pressed.query.from_user.id
        return self._turns.setdefault(key, asyncio.Lock())


def _in_private(pressed: Pressed) -> bool:
    return bool(pressed.message.chat.type == ChatType.PRIVATE)
