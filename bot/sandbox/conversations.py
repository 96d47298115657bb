"""Chats as their people see them: messages, answers to presses, and waiting for the bot."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.chats import Chat, Query
    from bot.sandbox.events import Signal
    from bot.sandbox.wire import Json
    from bot.sandbox.world import World

PATIENCE = 30.0
"""Seconds to wait for the bot by default."""


@dataclass(frozen=True, slots=True)
class Message:
    """A live view of a message: `json` is what the bot sees of it, as it stands now."""

    world: World
    chat: Chat
    json: Json

    @property
    def id(self) -> int:
        return int(self.json["message_id"])

    @property
    def text(self) -> str:
        """The text or the caption, empty without either."""
        return str(self.json.get("text") or self.json.get("caption") or "")

    @property
    def entities(self) -> list[Json]:
        return list(self.json.get("entities") or self.json.get("caption_entities") or [])

    @property
    def from_bot(self) -> bool:
        return bool(self.json["from"]["id"] == self.world.bot.id)

    @property
    def topic(self) -> int | None:
        """The thread id of the forum's topic, None in the General topic and outside of forums."""
        return self.json.get("message_thread_id")

    @property
    def inline_id(self) -> str | None:
        """The `inline_message_id` of a message that came by way of the bot."""
        return self.world.inline_id(self.json)

    @property
    def markup(self) -> Json:
        """A ForceReply, ReplyKeyboardMarkup or ReplyKeyboardRemove that came with it, empty without."""
        return dict(self.json.get("reply_keyboard", {}))

    @property
    def edited(self) -> bool:
        return "edit_date" in self.json

    @property
    def deleted(self) -> bool:
        return self.chat.messages.get(self.id) is not self.json

    @property
    def buttons(self) -> list[list[str]]:
        """The texts on the inline keyboard, row by row."""
        return [[button["text"] for button in row] for row in self._keyboard()]

    def button(self, name: str) -> Json:
        """Return the button by its callback data or else its text; raise LookupError where there is none."""
        buttons = [button for row in self._keyboard() for button in row]
        for key in ("callback_data", "text"):
            for button in buttons:
                if button.get(key) == name:
                    return dict(button)
        raise LookupError(f"no button {name!r} among {self.buttons}")

    def _keyboard(self) -> list[list[Json]]:
        return list(self.json.get("reply_markup", {}).get("inline_keyboard", []))


@dataclass(frozen=True, slots=True)
class Answer:
    """The bot's answer to a press or to an inline query, once it is there."""

    world: World
    query: Query

    @property
    def given(self) -> bool:
        return self.query.answer is not None

    async def wait(self, timeout: float = PATIENCE) -> Json:  # noqa: ASYNC109 - tests read better so
        """Return the answer's fields: `text` and `show_alert`, or what `answerInlineQuery` was given."""
        await until(self.world, lambda: self.given, timeout)
        assert self.query.answer is not None
        return self.query.answer


class Conversation:
    """A chat as its people see it. `next_reply` walks through the bot's messages, each once."""

    def __init__(self, world: World, chat: Chat) -> None:
        self._world = world
        self.chat = chat
        self._seen = 0

    @property
    def id(self) -> int:
        return self.chat.id

    @property
    def topics(self) -> dict[str, int]:
        """The thread ids of a forum's topics by their names, without the General topic."""
        return {name: thread_id for thread_id, name in self.chat.topics.items()}

    def upgrade(self) -> Conversation:
        """Let a basic group become a supergroup, which has another id; return that."""
        if self.chat.kind != "group":
            raise ValueError(f"{self.chat.title} is no basic group")
        owner = self._world.users[next(iter(self.chat.members))]
        return Conversation(self._world, self._world.upgrade(self.chat, owner))

    @property
    def messages(self) -> list[Message]:
        return [Message(self._world, self.chat, message) for message in self.chat.messages.values()]

    @property
    def replies(self) -> list[Message]:
        return [message for message in self.messages if message.from_bot]

    async def next_reply(self, timeout: float = PATIENCE) -> Message:  # noqa: ASYNC109 - tests read better so
        """Return the bot's next message that was not returned yet; raise TimeoutError where none comes."""
        await _until(self.chat.posted, lambda: self._unseen() is not None, timeout)
        reply = self._unseen()
        assert reply is not None
        self._seen = reply.id
        return reply

    def _unseen(self) -> Message | None:
        latest = reversed(
            self.chat.messages.values()
        )  # a long history is not gone through anew for each event
        unseen = takewhile(lambda message: message["message_id"] > self._seen, latest)
        replies = [Message(self._world, self.chat, message) for message in unseen]
        return next((reply for reply in reversed(replies) if reply.from_bot), None)


async def until(world: World, predicate: Callable[[], object], timeout: float = PATIENCE) -> None:  # noqa: ASYNC109 - tests read better so
    """Return once `predicate()` is true; raise TimeoutError where it is not in time."""
    await _until(world.changed, predicate, timeout)


async def _until(changed: Signal, predicate: Callable[[], object], timeout: float) -> None:  # noqa: ASYNC109 - as above
    deadline = time.monotonic() + timeout
    while not predicate():
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"not within {timeout} s")
        await changed.wait(left)
