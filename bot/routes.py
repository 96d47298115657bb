"""Which update goes to which handler, in the order in which they are tried."""

from __future__ import annotations

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
from bot.handlers.conversation import Conversation
from bot.handlers.curation import PinnedAnswers
from bot.handlers.digest import DigestSwitch
from bot.handlers.documents import Files
from bot.handlers.errors import Errors
from bot.handlers.export import Export
from bot.handlers.feedback import Feedback
from bot.handlers.forgetting import Forgetting
from bot.handlers.gate import Gate
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
from bot.keyboards.access import FORGET, INVITATION, LANGUAGE
from bot.keyboards.answers import EXAMPLE, PRESS
from bot.keyboards.curation import CHOICE, PIN, PINS
from bot.keyboards.documents import CANCEL, EMPTY, FILE, LISTING, RESTORE, TRASH
from bot.keyboards.feedback import REASON, VOTE
from bot.keyboards.layout import STAY
from bot.keyboards.logs import ENTRY, EXPORT, GAP, GAPS, LOGS, STATISTICS
from bot.quota import Quota

if TYPE_CHECKING:
    from bot.library import Library
    from bot.lifecycle import App
    from bot.log.entry import Source
    from bot.log.query_log import QueryLog
    from bot.settings import Settings
    from bot.state.curation import Curation
    from bot.state.curation_prompts import CurationPrompts
    from bot.state.file_ids import FileIds
    from bot.state.people import People

GATE, REPLIES = -2, -1
"""The groups before all others: who may use the bot at all, and what answers the bot's own questions."""


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
    source: Source


def add_routes(application: App, services: Services) -> None:
    settings, library, log, people = services.settings, services.library, services.log, services.people
    conversation = Conversation(people, library)
    language = LanguageChoice(people)
    quota = Quota(settings.questions_per_minute)
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
    invitations = Invitations(people)
    forgetting = Forgetting(log, people)
    feedback = Feedback(log, people, paging)
    pinned = PinnedAnswers(library, log, people, services.curation, services.prompts)
    replies = Replies(feedback.comment, pinned.reply)

    # What people post by way of a bot is no question, this bot's own inline results among it.
    new, edited = filters.UpdateType.MESSAGE & ~filters.VIA_BOT, filters.UpdateType.EDITED_MESSAGE
    private, group = filters.ChatType.PRIVATE, filters.ChatType.GROUPS
    text, image = filters.TEXT & ~filters.COMMAND, filters.PHOTO | filters.Document.IMAGE
    application.add_handler(TypeHandler(Update, Gate(people).check), GATE)
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
            CommandHandler("language", language.command, new),
            CommandHandler("forget", forgetting.command, new),
            CommandHandler("invite", invitations.command, new),
            CommandHandler("documents", files.command, new),
            CommandHandler(["restore", "trash"], trash.command, new),
            CommandHandler("reindex", reindexing.command, new),
            CommandHandler("logs", logs.command, new),
            CommandHandler("unanswered", unanswered.command, new),
            CommandHandler("stats", statistics.command, new),
            CommandHandler("export", export.command, new),
            CommandHandler("digest", DigestSwitch(people, settings.digest_at).command, new),
            CommandHandler("curated", pinned.command, new),
            CommandHandler("pin", pinned.pin, new),
        ]
    )
    application.add_handlers(
        [
            # After the known ones; in a group only those that name this bot
            MessageHandler(
                new & filters.COMMAND & (private | AddressedCommand()), conversation.unknown_command
            ),
            # After all commands
            MessageHandler(new & text & RepliesToPicture() & (private | (group & Addressed())), photos.about),
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
            CallbackQueryHandler(feedback.vote, VOTE),
            CallbackQueryHandler(feedback.reason, REASON),
            CallbackQueryHandler(paging.press, PRESS),
            CallbackQueryHandler(questions.example, f"^{EXAMPLE.pattern}$"),
            CallbackQueryHandler(files.turn, LISTING),
            CallbackQueryHandler(files.press, FILE),
            CallbackQueryHandler(trash.turn, TRASH),
            CallbackQueryHandler(trash.restore, RESTORE),
            CallbackQueryHandler(trash.empty, EMPTY),
            CallbackQueryHandler(reindexing.cancel, CANCEL),
            CallbackQueryHandler(logs.turn, LOGS),
            CallbackQueryHandler(logs.entry, ENTRY),
            CallbackQueryHandler(unanswered.turn, GAPS),
            CallbackQueryHandler(unanswered.group, GAP),
            CallbackQueryHandler(statistics.press, STATISTICS),
            CallbackQueryHandler(export.press, EXPORT),
            CallbackQueryHandler(pinned.choose, CHOICE),
            CallbackQueryHandler(pinned.turn, PINS),
            CallbackQueryHandler(pinned.press, PIN),
            CallbackQueryHandler(language.press, LANGUAGE),
            CallbackQueryHandler(forgetting.press, FORGET),
            CallbackQueryHandler(invitations.press, INVITATION),
            CallbackQueryHandler(paging.press),
        ]
    )
    application.add_handler(InlineQueryHandler(inline.answer))
    application.add_error_handler(Errors(people).report)
