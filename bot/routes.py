"""Which update goes to which handler, in the order in which they are tried."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from telegram import Update
from telegram.ext import (
    CallbackQueryHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.documents.documents import Documents
from bot.documents.folder import DocumentsFolder
from bot.documents.trash import Trash
from bot.handlers.addressing import Addressed, AddressedCaption, AddressedCommand
from bot.handlers.conversation import Conversation, SmallTalk
from bot.handlers.curation import PinnedAnswers
from bot.handlers.digest import DigestSwitch
from bot.handlers.documents import Files
from bot.handlers.errors import Errors
from bot.handlers.export import Export
from bot.handlers.feedback import Feedback
from bot.handlers.forgetting import Forgetting
from bot.handlers.gate import Gate
from bot.handlers.group_upgrades import GroupUpgrades
from bot.handlers.inline import Inline
from bot.handlers.invitations import BY_LINK, Invitations
from bot.handlers.language import LanguageChoice
from bot.handlers.logs import Logs
from bot.handlers.paging import Paging
from bot.handlers.photos import Photos, RepliesToPicture
from bot.handlers.pictures import Pictures
from bot.handlers.questions import Questions
from bot.handlers.reindexing import Reindexing
from bot.handlers.replies import Replies
from bot.handlers.statistics import StatisticsChart
from bot.handlers.trash import TrashCan
from bot.handlers.unanswered import Unanswered
from bot.handlers.uploads import Uploads
from bot.incoming.handling import asked_at
from bot.keyboards.access import FORGET, INVITATION, LANGUAGE
from bot.keyboards.answers import EXAMPLE, PRESS
from bot.keyboards.curation import CHOICE, PIN, PINS
from bot.keyboards.documents import CANCEL, EMPTY, FILE, LISTING, RESTORE, TRASH
from bot.keyboards.feedback import REASON, VOTE
from bot.keyboards.layout import STAY
from bot.keyboards.logs import ENTRY, EXPORT, GAP, GAPS, LOGS, STATISTICS
from bot.quota import Quota

if TYPE_CHECKING:
    from bot.erasure import Erasure
    from bot.library import Library
    from bot.lifecycle import App
    from bot.log.entry import Source
    from bot.log.query_log import QueryLog
    from bot.settings import Settings
    from bot.state.curation import Curation
    from bot.state.curation_prompts import CurationPrompts
    from bot.state.file_ids import FileIds
    from bot.state.people import People

UPGRADES, GATE, REPLIES = -3, -2, -1
"""The groups before all others: under which id a group is known, who may use the bot at all, and what answers
the bot's own questions."""


@dataclass(frozen=True, slots=True)
class Services:
    """What the handlers work with."""

    settings: Settings
    library: Library
    log: QueryLog
    people: People
    curation: Curation
    prompts: CurationPrompts
    file_ids: FileIds
    erasure: Erasure
    source: Source


def add_routes(application: App, services: Services) -> None:
    settings, library, log, people = services.settings, services.library, services.log, services.people
    conversation = Conversation(people, library)
    language = LanguageChoice(people)
    quota = Quota(settings.questions_per_minute, asked_at)
    pictures = Pictures(library, services.file_ids)
    questions = Questions(library, log, people, quota, pictures, services.source)
    inline = Inline(library, log, people, quota, pictures, services.source)
    folder = DocumentsFolder(settings.documents)
    documents = Documents(folder, Trash(settings.trash, folder), library)
    paging = Paging(library, documents, log, people, questions, pictures, settings.group_buttons)
    uploads, trash = Uploads(documents, people), TrashCan(documents, people)
    photos = Photos(library, questions, uploads, people)
    files = Files(library, documents, people, log.pseudonyms)
    reindexing = Reindexing(library, people)
    logs, unanswered = Logs(log, people), Unanswered(log, people)
    statistics, export = StatisticsChart(log, library, people), Export(log, people, settings.data)
    admitting = asyncio.Lock()
    invitations, upgrades = Invitations(people, admitting), GroupUpgrades(people, admitting)
    forgetting = Forgetting(services.erasure, log.pseudonyms, people, quota)
    feedback = Feedback(log, people, paging)
    pinned = PinnedAnswers(library, log, people, services.curation, services.prompts)
    replies = Replies(feedback.comment, pinned.reply)

    # What people post by way of a bot is no question, this bot's own inline results among it.
    new, edited = filters.UpdateType.MESSAGE & ~filters.VIA_BOT, filters.UpdateType.EDITED_MESSAGE
    own = new & ~filters.FORWARDED  # a command that somebody passes on is not theirs
    private, group = filters.ChatType.PRIVATE, filters.ChatType.GROUPS
    text, image = filters.TEXT & ~filters.COMMAND, filters.PHOTO | filters.Document.IMAGE
    meant = private | (group & Addressed())
    application.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, upgrades.moved), UPGRADES)
    application.add_handler(TypeHandler(Update, Gate(people, admitting).check), GATE)
    application.add_handler(
        MessageHandler(filters.UpdateType.MESSAGES & filters.REPLY & text, replies.take), REPLIES
    )
    application.add_handlers(
        [
            CommandHandler("start", invitations.accept, new & private & filters.Regex(BY_LINK)),
            CommandHandler("start", conversation.start, new),
            CommandHandler("help", conversation.help, new),
            CommandHandler("id", conversation.ids, new),
            CommandHandler("ask", photos.about, new & RepliesToPicture()),
            CommandHandler("ask", questions.command, new | edited),
            CommandHandler("language", language.command, own),
            CommandHandler("forget", forgetting.command, own),
            CommandHandler("invite", invitations.command, own),
            CommandHandler("documents", files.command, own),
            CommandHandler(["restore", "trash"], trash.command, own),
            CommandHandler("reindex", reindexing.command, own),
            CommandHandler("logs", logs.command, own),
            CommandHandler("unanswered", unanswered.command, own),
            CommandHandler("stats", statistics.command, own),
            CommandHandler("export", export.command, own),
            CommandHandler("digest", DigestSwitch(people, settings.digest_at).command, own),
            CommandHandler("curated", pinned.command, own),
            CommandHandler("pin", pinned.pin, own),
        ]
    )
    application.add_handlers(
        [
            # After the known ones; in a group only those that name this bot
            MessageHandler(
                new & filters.COMMAND & (private | AddressedCommand()), conversation.unknown_command
            ),
            # After all commands
            MessageHandler(new & text & RepliesToPicture() & meant, photos.about),
            MessageHandler(new & text & SmallTalk() & meant, conversation.small_talk),
            MessageHandler(new & private & filters.TEXT, questions.text),
            MessageHandler(edited & private & text, questions.text),
            MessageHandler((new | edited) & group & text & Addressed(), questions.text),
            MessageHandler(new & private & image, photos.private),
            MessageHandler(new & group & image & (Addressed() | AddressedCaption()), photos.addressed),
            MessageHandler(new & private & filters.Document.ALL, uploads.received),
            # What is left in a private chat, but for what Telegram itself reports there
            MessageHandler(new & private & ~filters.StatusUpdate.ALL, conversation.not_text),
        ]
    )
    # Buttons, by their data; last those of a form that is not used any more
    application.add_handlers(
        [
            CallbackQueryHandler(paging.stay, f"^{STAY}$"),
            CallbackQueryHandler(feedback.vote, whole(VOTE)),
            CallbackQueryHandler(feedback.reason, whole(REASON)),
            CallbackQueryHandler(paging.press, whole(PRESS)),
            CallbackQueryHandler(questions.example, whole(EXAMPLE)),
            CallbackQueryHandler(files.turn, whole(LISTING)),
            CallbackQueryHandler(files.press, whole(FILE)),
            CallbackQueryHandler(trash.turn, whole(TRASH)),
            CallbackQueryHandler(trash.restore, whole(RESTORE)),
            CallbackQueryHandler(trash.empty, whole(EMPTY)),
            CallbackQueryHandler(reindexing.cancel, whole(CANCEL)),
            CallbackQueryHandler(logs.turn, whole(LOGS)),
            CallbackQueryHandler(logs.entry, whole(ENTRY)),
            CallbackQueryHandler(unanswered.turn, whole(GAPS)),
            CallbackQueryHandler(unanswered.group, whole(GAP)),
            CallbackQueryHandler(statistics.press, whole(STATISTICS)),
            CallbackQueryHandler(export.press, whole(EXPORT)),
            CallbackQueryHandler(pinned.choose, whole(CHOICE)),
            CallbackQueryHandler(pinned.turn, whole(PINS)),
            CallbackQueryHandler(pinned.press, whole(PIN)),
            CallbackQueryHandler(language.press, whole(LANGUAGE)),
            CallbackQueryHandler(forgetting.press, whole(FORGET)),
            CallbackQueryHandler(invitations.press, whole(INVITATION)),
            CallbackQueryHandler(paging.press),
        ]
    )
    application.add_handler(InlineQueryHandler(inline.answer))
    application.add_error_handler(Errors(people).report)


def whole(pattern: re.Pattern[str]) -> re.Pattern[str]:
    """Return the pattern for the whole of a button's data: a handler would also take what only begins so."""
    return re.compile(rf"(?:{pattern.pattern})\Z", pattern.flags)
