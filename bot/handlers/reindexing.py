"""Rebuilding the index from the chat, one rebuild at a time."""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import TYPE_CHECKING

from telegram.constants import ChatType

from bot.handlers.admin_only import refused
from bot.keyboards.documents import CANCEL, cancel_button
from bot.library import RebuildCancelledError, RebuildRunningError
from bot.markup import escape
from bot.outgoing import delivery
from bot.screens.reindexing import rebuild_failure, rebuild_progress, rebuild_report
from retrieval.errors import WenjuError

if TYPE_CHECKING:
    from telegram import Message, Update
    from telegram.ext import ContextTypes

    from bot.library import Library
    from bot.messages import Words
    from bot.state.people import People
    from retrieval.index import Report

EDIT_EVERY = 3.0  # seconds between two edits of the progress
EDIT_EVERY_IN_GROUPS = 12.0  # a quarter of the calls that a group has: answers go on meanwhile
FULL = "full"

logger = logging.getLogger(__name__)


class Reindexing:
    def __init__(self, library: Library, people: People) -> None:
        self._library = library
        self._people = people
        self._current = ""  # a name for the rebuild under way, which its button carries

    async def command(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Rebuild the index, its progress shown in one message that becomes the report."""
        words = self._people.words_of(update.effective_user)
        if update.message is None or await refused(update, self._people):
            return
        if self._library.rebuilding:
            await delivery.reply(update.message, escape(words.documents.reindex_running))
            return
        full = [argument.lower() for argument in context.args or ()] == [FULL]
        self._current = secrets.token_hex(8)
        rebuild = asyncio.create_task(self._library.rebuild(full=full))
        await self._show(rebuild, update.message, words)

    async def cancel(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """End the rebuild that the pressed button stands under, and no other."""
        query, words = update.callback_query, self._people.words_of(update.effective_user)
        if query is None or await refused(update, self._people):
            return
        match = CANCEL.fullmatch(query.data or "")
        if self._library.rebuilding and match and match[1] == self._current:
            self._library.cancel()
            await delivery.toast(query)
        else:
            await delivery.toast(query, words.documents.reindex_over)

    async def _show(self, rebuild: asyncio.Task[Report], asked: Message, words: Words) -> None:
        button = cancel_button(self._current, words)
        shown = await delivery.reply(asked, rebuild_progress(None, words), button)
        pause = EDIT_EVERY if asked.chat.type == ChatType.PRIVATE else EDIT_EVERY_IN_GROUPS
        while not (await asyncio.wait({rebuild}, timeout=pause))[0]:
            await delivery.show_progress(shown, rebuild_progress(self._library.progress, words), button)
        await delivery.rewrite(shown, _closing(rebuild, words), asked=asked)


def _closing(rebuild: asyncio.Task[Report], words: Words) -> str:
    try:
        return rebuild_report(rebuild.result(), words)
    except RebuildRunningError:
        return escape(words.documents.reindex_running)
    except RebuildCancelledError:
        return escape(words.documents.reindex_cancelled)
    except (WenjuError, OSError) as error:
        logger.warning("rebuild failed: %s", error)
        return rebuild_failure(str(error), words)
