"""Questions in, their answers out, and a row in the log for each.

An edited question has its answers edited: the messages that carry them are found in the log.
"""

from __future__ import annotations

import asyncio
import logging
import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakValueDictionary

from telegram import InaccessibleMessage, Message
from telegram.constants import MessageLimit

from bot.handlers.addressing import command_text, text_replied_to, text_without_mention
from bot.handlers.courses import send_chart
from bot.incoming.handling import is_repeated
from bot.keyboards.feedback import buttons_under
from bot.log.query_log import EDITABLE
from bot.markup import escape, units
from bot.outgoing import delivery
from bot.screens.answers import answer_page
from retrieval.errors import EngineError, SnapshotError
from retrieval.splitting import split_questions

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Sequence

    from telegram import InlineKeyboardMarkup, MaybeInaccessibleMessage, Update, User
    from telegram.ext import ContextTypes

    from bot.handlers.pictures import Pictures
    from bot.library import Library
    from bot.log.entry import Entry, Source
    from bot.log.query_log import QueryLog
    from bot.quota import Quota
    from bot.state.people import People
    from retrieval.model import Answer, Series

    Find = Callable[[], Coroutine[Any, Any, Sequence[Entry]]]

QUESTIONS = 5  # answered of one message

logger = logging.getLogger(__name__)


class Reply(NamedTuple):
    """A message to be; `entry` is the row that it answers."""

    html: str
    buttons: InlineKeyboardMarkup | None = None
    entry: Entry | None = None


class Earlier(NamedTuple):
    """What has answered a message: our messages by their ids, the pictures by their keys, and the courses."""

    replies: Sequence[int] = ()
    pictures: frozenset[str] = frozenset()
    courses: frozenset[Series] = frozenset()


NOTHING = Earlier()


class Questions:
    def __init__(  # noqa: PLR0913, PLR0917 - one argument a part
        self,
        library: Library,
        log: QueryLog,
        people: People,
        quota: Quota,
        pictures: Pictures,
        source: Source,
    ) -> None:
        self._library = library
        self._pictures = pictures
        self._log = log
        self._people = people
        self._quota = quota
        self._source: Source = source
        # One for each asker in each chat, while somebody holds or awaits it.
        self._turns: WeakValueDictionary[tuple[int, int], asyncio.Lock] = WeakValueDictionary()

    async def command(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer `/ask …`, new or edited."""
        if message := update.effective_message:
            await self._answer(message, command_text(message), edited=update.edited_message is not None)

    async def text(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer a text that is meant for the bot, new or edited."""
        if message := update.effective_message:
            text = text_without_mention(message)
            await self._answer(message, text, edited=update.edited_message is not None)

    async def example(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Ask what a pressed button under one of our messages says."""
        query = update.callback_query
        if query is None:
            return
        question = _said_by_button(query.message, query.data or "")
        if query.message is None or question is None:
            await delivery.toast(query, self._people.words_of(query.from_user).answers.gone)
            return
        await delivery.toast(query)
        await self.suggested(query.message, query.from_user, question, question)

    async def suggested(
        self, message: MaybeInaccessibleMessage, asker: User, typed: str, suggestion: str
    ) -> None:
        """Answer what our `message` suggests in place of what was `typed`, as `asker` chose."""

        async def find() -> Sequence[Entry]:
            answer = await self._library.answer(suggestion)
            question = replace(answer.question, text=typed, read_as=suggestion)
            return [self._logged(replace(answer, question=question), message, asker)]

        async with self._turn(message, asker):
            refused = self._refused(asker, 1)
            replies = [refused] if refused else await self._replies(message, asker, find)
            await self._send(replies, message, asker)

    async def admitted(self, message: Message) -> bool:
        """Count a question that has yet to be read; False, and said so, where it is one too many."""
        refused = self._refused(message.from_user, 1)
        if refused:
            await self._send([refused], message, message.from_user)
        return refused is None

    async def read(self, message: Message, text: str, *, about: str | None = None) -> None:
        """Answer a text that was read in a picture, or one about what was read.

        Its first question was `admitted` before; others are counted now.
        """
        asker, asked = message.from_user, split_questions(text)
        questions = asked[:QUESTIONS]

        async def find() -> Sequence[Entry]:
            return await self._find(message, questions, about, edited=False)

        async with self._turn(message, asker):
            refused = self._refused(asker, len(questions) - 1)
            replies = [refused] if refused else await self._replies(message, asker, find, len(asked))
            await self._send(replies, message, asker)

    async def _answer(self, message: Message, text: str, *, edited: bool) -> None:
        """Answer each question of the text, or of the one replied to where there is no other."""
        about = text_replied_to(message)
        if not text and about:
            text, about = about, None
        asked = split_questions(text)
        questions = asked[:QUESTIONS]

        async def find() -> Sequence[Entry]:
            return await self._find(message, questions, about, edited=edited)

        asker = message.from_user
        # What an asker says is answered in its order, an edit after what it edits.
        async with self._turn(message, asker):
            earlier = await self._earlier(message) if edited else NOTHING
            if edited and not earlier.replies and datetime.now(UTC) - message.date > EDITABLE:
                return
            if refused := self._refused(asker, len(questions)):
                await self._send([refused], message, asker)
            elif questions:
                replies = await self._replies(message, asker, find, len(asked))
                await self._send(replies, message, asker, earlier)
            else:
                words = self._people.words_of(asker)
                await self._send(
                    [Reply(escape(words.conversation.ask_for_question))], message, asker, earlier
                )

    def _refused(self, asker: User | None, questions: int) -> Reply | None:
        """Count the questions; return what is said to somebody who has asked too many."""
        seconds = max((self._quota.wait(_id_of(asker)) for _ in range(questions)), default=0.0)
        if not seconds:
            return None
        said = self._people.words_of(asker).access.too_many.format(seconds=math.ceil(seconds))
        return Reply(escape(said))

    async def _find(
        self, message: Message, questions: Sequence[str], about: str | None, *, edited: bool
    ) -> Sequence[Entry]:
        """Answer and log each question, which may follow the one before."""
        asker, answered = message.from_user, message.reply_to_message
        in_log = edited or is_repeated()
        before = await asyncio.to_thread(
            self._log.question_before,
            _id_of(asker),
            message.chat.id,
            answered.message_id if answered else None,
            (message.message_id, message.date) if in_log else None,
        )
        entries = []
        for question in questions:
            answer = await self._library.answer(question, before, about=about)
            entries.append(self._logged(answer, message, asker, message.message_id))
            before = answer.question.read_as or question
        return entries

    def _logged(
        self,
        answer: Answer,
        message: MaybeInaccessibleMessage,
        asker: User | None,
        asked_by: int | None = None,
    ) -> Entry:
        """Log the answer to the message `asked_by`, or to a press under `message`."""
        entry = self._log.new_entry(
            answer,
            asker_id=_id_of(asker),
            chat_id=message.chat.id,
            chat_kind=message.chat.type,
            language=(asker and asker.language_code) or "",
            source=self._source,
            message=asked_by,
        )
        self._log.record(entry)  # before the reply, for its buttons read the log
        return entry

    async def _replies(
        self, message: MaybeInaccessibleMessage, asker: User | None, find: Find, asked: int = 1
    ) -> Sequence[Reply]:
        """Find the answers; the last one says how many of the questions `asked` have none."""
        words = self._people.words_of(asker)
        try:
            entries = await delivery.while_typing(message, find())
        except SnapshotError:
            said = words.answers
            return [Reply(escape(said.no_index_admin if self._people.is_admin(asker) else said.no_index))]
        except EngineError as error:
            logger.warning("a question has no answer: %s", error)
            return [Reply(escape(words.answers.no_engine))]
        named, left_out = len(entries) > 1, ""
        if asked > len(entries):
            notice = words.answers.left_out.format(answered=len(entries), left=asked - len(entries))
            left_out = f"\n\n{escape(notice)}"
        limit = MessageLimit.MAX_TEXT_LENGTH - units(left_out)
        replies = [
            Reply(
                answer_page(entry.answer, 0, words, named=named, limit=limit),
                buttons_under(entry, 0, words),
                entry,
            )
            for entry in entries
        ]
        last = replies[-1]
        return [*replies[:-1], last._replace(html=last.html + left_out)]

    async def _send(
        self,
        replies: Sequence[Reply],
        message: MaybeInaccessibleMessage,
        asker: User | None,
        earlier: Earlier = NOTHING,
    ) -> None:
        """Put the replies in the place of the `earlier` ones, in order; send others, delete what is left.

        The chart of a course follows its answer, and so do its pictures, but for what came before.
        """
        words = self._people.words_of(asker)
        places = iter([_ours(message, number) for number in earlier.replies])
        seen, charted = earlier.pictures, earlier.courses
        for reply in replies:
            number = await self._edited(reply, places)
            if number is None:
                number = (await delivery.reply(message, reply.html, reply.buttons)).message_id
            if reply.entry:
                self._log.replied(reply.entry, number)
                course = reply.entry.answer.series
                if course and course not in charted:
                    await send_chart(message, course, words)
                    charted |= {course}
                new = [picture for picture in reply.entry.answer.pictures if picture.key not in seen]
                await self._pictures.send(message, await self._pictures.look(new), words)
                seen = seen.union(picture.key for picture in new)
        for place in places:
            await delivery.delete(place)

    async def _edited(self, reply: Reply, places: Iterator[MaybeInaccessibleMessage]) -> int | None:
        """Edit the next of our messages that is still there; None without one."""
        for place in places:
            if await delivery.edit_if_there(place, reply.html, reply.buttons):
                return place.message_id
        return None

    async def _earlier(self, message: Message) -> Earlier:
        asked = _id_of(message.from_user), message.chat.id, message.message_id
        replies, shown = await asyncio.gather(
            asyncio.to_thread(self._log.replies_to, *asked), asyncio.to_thread(self._log.shown_to, *asked)
        )
        return Earlier(replies, *shown)

    def _turn(self, message: MaybeInaccessibleMessage, asker: User | None) -> asyncio.Lock:
        return self._turns.setdefault((message.chat.id, _id_of(asker)), asyncio.Lock())


def _id_of(user: User | None) -> int:
    return user.id if user else 0


def _ours(message: MaybeInaccessibleMessage, number: int) -> MaybeInaccessibleMessage:
    """Return one of our messages in the chat of `message`, by its id alone."""
    ours = InaccessibleMessage(message.chat, number)
    ours.set_bot(message.get_bot())
    return ours


def _said_by_button(message: MaybeInaccessibleMessage | None, data: str) -> str | None:
    """Return the text of the button with this data; None where the message has none or cannot be read."""
    if not isinstance(message, Message) or message.reply_markup is None:
        return None
    buttons = (button for row in message.reply_markup.inline_keyboard for button in row)
    return next((button.text for button in buttons if button.callback_data == data), None)
