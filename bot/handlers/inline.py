"""Inline mode: `@bot question` in any chat brings results, and a tap posts one.

Every keystroke is a query. The last one of a person is answered, and when they rest on it, it is logged and
counts as a question.
"""

from __future__ import annotations

import asyncio
import math
import re
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from telegram import InlineQueryResultsButton

from bot.outgoing import delivery
from bot.pages import shown_ranks
from bot.screens.inline import example_results, results_of
from retrieval.errors import EngineError, SnapshotError

if TYPE_CHECKING:
    from telegram import InlineQuery, Update
    from telegram.ext import ContextTypes

    from bot.handlers.pictures import Pictures
    from bot.library import Library
    from bot.log.entry import Source
    from bot.log.query_log import QueryLog
    from bot.messages import Words
    from bot.quota import Quota
    from bot.state.people import People
    from retrieval.model import Answer

PAGE = 10  # results at a time
MOST = 30  # in all; what comes later hardly answers
CACHED = 300  # seconds that Telegram keeps an answer for a person, whose language it is in
RESTED = 2.0  # seconds without another keystroke after which a question was meant
OFFSET = re.compile(r"[123]0", re.ASCII)
START = "inline"
"""The payload with which the private chat is opened from a query."""


class Inline:
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
        self._latest: dict[int, str] = {}  # the query that each person typed last, until it is rested on
        # One for each person who awaits a search: however fast they ask, it is one at a time.
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._examples: tuple[str, list[Answer]] = ("", [])  # of the Snapshot of that name

    async def answer(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.inline_query
        if query is None:
            return
        words = self._people.words_of(query.from_user)
        typed = bool(query.query.strip())
        if typed and (seconds := self._quota.until_free(query.from_user.id)):
            said = words.access.too_many.format(seconds=math.ceil(seconds))
            await delivery.results(query, [], _to_private_chat(said), seconds=0)
            return
        try:
            if query.offset:
                await self._more(query, words)
            elif typed:
                await self._first(query, words)
            else:
                await self._suggest(query, words)
        except (SnapshotError, EngineError):
            button = _to_private_chat(words.answers.inline_no_index)
            await delivery.results(query, [], button, seconds=0)

    async def _first(self, query: InlineQuery, words: Words) -> None:
        """Answer the question unless the person has typed on meanwhile, and log it once they rest."""
        person = query.from_user.id
        self._latest[person] = query.id
        try:
            async with self._turn(person):
                if self._latest.get(person) != query.id:
                    return
                answer = await self._library.answer(query.query)
            await self._show(query, answer, 0, words)
            await asyncio.sleep(RESTED)
            if self._latest.get(person) == query.id:
                self._quota.wait(person)
                self._record(query, answer)
        finally:
            if self._latest.get(person) == query.id:
                del self._latest[person]

    async def _more(self, query: InlineQuery, words: Words) -> None:
        """Answer a scroll down, whose `offset` is the client's word."""
        first = int(query.offset) if OFFSET.fullmatch(query.offset) else MOST
        if first < MOST:
            async with self._turn(query.from_user.id):
                answer = await self._library.answer(query.query, limit=first + PAGE)
            await self._show(query, answer, first, words)
        else:
            await delivery.results(query, [], _to_private_chat(words.answers.inline_examples), seconds=CACHED)

    async def _show(self, query: InlineQuery, answer: Answer, first: int, words: Words) -> None:
        after = first + PAGE
        more = after - 1 in shown_ranks(answer) and after < MOST
        bot = query.get_bot().id
        photos = await self._pictures.photos(bot, answer.pictures)
        said = words.answers.inline_examples if answer.found else words.answers.inline_not_found
        # Where Telegram refuses an id that it gave once, the results come without photos.
        for known in [photos, {}] if photos else [{}]:
            answered = await delivery.results(
                query,
                results_of(answer, first, words, known),
                _to_private_chat(said),
                next_offset=str(after) if more else None,
                seconds=CACHED,
            )
            if answered:
                return
            await self._pictures.forget(bot, list(known))

    async def _suggest(self, query: InlineQuery, words: Words) -> None:
        """Show a few questions to somebody who has not typed anything."""
        async with self._turn(query.from_user.id):
            results = example_results(await self._answered_examples(), words)
        button = _to_private_chat(words.answers.inline_examples)
        await delivery.results(query, results, button, seconds=CACHED)

    async def _answered_examples(self) -> list[Answer]:
        snapshot = await self._library.snapshot()
        if self._examples[0] != snapshot:
            answers = [await self._library.answer(question) for question in await self._library.examples()]
            self._examples = snapshot, [answer for answer in answers if answer.found]
        return self._examples[1]

    def _turn(self, person: int) -> asyncio.Lock:
        return self._turns.setdefault(person, asyncio.Lock())

    def _record(self, query: InlineQuery, answer: Answer) -> None:
        entry = self._log.new_entry(
            answer,
            asker_id=query.from_user.id,
            chat_id=0,  # nobody tells in which chat it was typed
            chat_kind="inline",
            language=query.from_user.language_code or "",
            source=self._source,
        )
        self._log.record(entry)


def _to_private_chat(text: str) -> InlineQueryResultsButton:
    return InlineQueryResultsButton(text, start_parameter=START)
