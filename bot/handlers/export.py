"""The query log as files, sent into the chat: what a listing shows, or what a command asks for."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, cast

from bot.handlers.admin_only import refused
from bot.handlers.log_pages import unreadable, word_of
from bot.keyboards.logs import ExportPress
from bot.log.database import QueryLogError
from bot.log.export import FOLDERS, FORMS, export_log, file_name
from bot.log.selection import Selection
from bot.markup import escape
from bot.outgoing import delivery

if TYPE_CHECKING:
    from telegram import MaybeInaccessibleMessage, Update
    from telegram.ext import ContextTypes

    from bot.log.export import Form
    from bot.log.query_log import QueryLog
    from bot.messages import Words
    from bot.state.people import People

logger = logging.getLogger(__name__)


class Export:
    def __init__(self, log: QueryLog, people: People, folder: Path) -> None:
        """`folder` has the room for what is being sent."""
        self._log = log
        self._people = people
        self._folder = folder
        self._turn = asyncio.Lock()  # of one export at a time

    async def command(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer `/export csv|xlsx [conditions]`."""
        if update.message is None or await refused(update, self._people):
            return
        words = self._people.words_of(update.effective_user)
        form, *conditions = context.args or [""]
        if form.lower() in FORMS:
            selection = Selection.of(" ".join(conditions))
            sending = self._send(update.message, cast("Form", form.lower()), selection, words)
            await delivery.while_typing(update.message, sending)
        else:
            await delivery.reply(update.message, escape(words.logs.export_usage))

    async def press(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Send what the listing above the button shows, all pages of it."""
        query, words = update.callback_query, self._people.words_of(update.effective_user)
        if query is None or await refused(update, self._people):
            return
        press = ExportPress.parse(query.data or "", word_of(query))
        await delivery.toast(query, words.logs.exporting if press else words.logs.gone)
        if press and query.message:
            await self._send(query.message, press.form, press.selection, words)

    async def _send(
        self, message: MaybeInaccessibleMessage, form: Form, selection: Selection, words: Words
    ) -> None:
        try:
            async with self._turn:
                with tempfile.TemporaryDirectory(dir=self._folder, prefix=FOLDERS) as folder:
                    export = await asyncio.to_thread(
                        self._log.read, lambda db: export_log(db, selection, form, Path(folder))
                    )
                    parts = len(export.parts)
                    for number, part in enumerate(export.parts, 1):
                        name = file_name(selection, form, number, parts)
                        texts = words.logs.exported if parts == 1 else words.logs.exported_part
                        caption = texts.format(part=number, parts=parts, count=f"{part.count:,}")
                        data = await asyncio.to_thread(part.path.read_bytes)
                        await delivery.send_file(message, name, data, escape(caption))
        except QueryLogError as error:
            await delivery.reply(message, unreadable(error, words))
            return
        except OSError as error:
            logger.warning("query log cannot be exported: %s", error)
            await delivery.reply(message, escape(words.logs.export_failed))
            return
        if not export.parts:
            await delivery.reply(message, escape(words.logs.none_found))
        elif export.cut:
            count = f"{sum(part.count for part in export.parts):,}"
            await delivery.reply(message, escape(words.logs.export_cut.format(count=count)))
