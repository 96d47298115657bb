"""People, chats, files and queries in the Bot API's shapes; all of them together are the `World`."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.sandbox.events import Signal
from bot.sandbox.wire import bad_request, copied

if TYPE_CHECKING:
    from bot.sandbox.wire import Json

GENERAL_TOPIC = 1  # every forum has it; its messages carry no thread id
SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}")


@dataclass(frozen=True, slots=True)
class User:
    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False

    def as_json(self) -> Json:
        user: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.username:
            user["username"] = self.username
        if self.language_code:
            user["language_code"] = self.language_code
        return user


@dataclass(slots=True)
class Chat:
    """A chat with the bot, private or a group.

    `members` gives each person's ChatMember status, `bot_status` the bot's: in a private chat "left" until
    the person starts the bot, "kicked" while it is blocked. `read_id` is the last message the bot has taken.
    `topics` names a forum's topics by their thread id, the id of the message that opened each.
    `migrated_to` is the supergroup that a basic group became. `posted` wakes who waits for a message here,
    and not everybody who waits in another chat.
    """

    id: int
    kind: str
    title: str
    username: str | None = None
    members: dict[int, str] = field(default_factory=dict)
    bot_status: str = "left"
    messages: dict[int, Json] = field(default_factory=dict)
    topics: dict[int, str] = field(default_factory=dict)
    pinned: int | None = None
    last_id: int = 0
    read_id: int = 0
    migrated_to: int | None = None
    posted: Signal = field(default_factory=Signal, repr=False, compare=False)

    @property
    def is_private(self) -> bool:
        return self.kind == "private"

    def as_json(self) -> Json:
        named = {"first_name": self.title} if self.is_private else {"title": self.title}
        chat: Json = {"id": self.id, "type": self.kind, **named}
        if self.username:
            chat["username"] = self.username
        if self.topics:
            chat["is_forum"] = True
        return chat

    def in_topic(self, thread_id: int | None) -> Json:
        """Return the fields of a message in a topic; as on Telegram, it replies to what opened the topic."""
        if thread_id not in self.topics:
            return {}
        opening = self.messages.get(thread_id)
        reply = {"reply_to_message": as_replied(opening)} if opening else {}
        return {"message_thread_id": thread_id, "is_topic_message": True, **reply}

    def message(self, message_id: int | None, missing: str) -> Json:
        """Raise ApiError with `missing` as its reason where there is no such message."""
        message = self.messages.get(message_id or 0)
        if message is None:
            raise bad_request(missing)
        return message


@dataclass(frozen=True, slots=True)
class StoredFile:
    """`kind` is `photo` or `document`: an id serves for its own kind only."""

    id: str
    kind: str
    unique_id: str
    name: str
    content_type: str
    data: bytes

    @property
    def path(self) -> str:
        """Where it is to be downloaded; as on Telegram, no name that a person gave is in it."""
        suffix = "." + self.name.rpartition(".")[2]
        return f"documents/file_{self.unique_id}{suffix if SUFFIX.fullmatch(suffix) else ''}"


@dataclass(slots=True)
class Query:
    """A callback or an inline query that waits for its answer; `text` is what was typed."""

    id: str
    user_id: int
    chat: Chat
    text: str = ""
    asked: float = field(default_factory=time.monotonic)
    answer: Json | None = None


def as_replied(message: Json) -> Json:
    """Return the message as it stands inside a reply to it: without its own reply."""
    return {
        name: copied(value) for name, value in message.items() if name not in {"reply_to_message", "quote"}
    }
