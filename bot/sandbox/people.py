"""The people's side of the chats, for the tests and for the page alike.

What a Person does becomes an update for the bot; a Message is a live view: an edit by the bot shows in it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from telegram.constants import FileSizeLimit, MessageLimit

from bot.sandbox.account import member
from bot.sandbox.chats import as_replied
from bot.sandbox.entities import find_entities, utf16_length
from bot.sandbox.media import image_size, stored_upload
from bot.sandbox.methods import with_entities
from bot.sandbox.wire import Upload

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.chats import Chat, Query, User, World
    from bot.sandbox.wire import Json

PATIENCE = 5.0
"""Seconds to wait for the bot by default."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message in a chat; `json` is what the bot sees of it, as it stands now."""

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
        """Return the answer's fields: `text` and `show_alert`, or `results` and `next_offset`."""
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
    def messages(self) -> list[Message]:
        return [Message(self._world, self.chat, message) for message in self.chat.messages.values()]

    @property
    def replies(self) -> list[Message]:
        return [message for message in self.messages if message.from_bot]

    async def next_reply(self, timeout: float = PATIENCE) -> Message:  # noqa: ASYNC109 - tests read better so
        """Return the bot's next message that was not returned yet; raise TimeoutError where none comes."""
        await until(self._world, lambda: self._unseen() is not None, timeout)
        reply = self._unseen()
        assert reply is not None
        self._seen = reply.id
        return reply

    def _unseen(self) -> Message | None:
        return next((reply for reply in self.replies if reply.id > self._seen), None)


class Person(Conversation):
    """Someone who uses the bot; as a Conversation, the private chat with it."""

    def __init__(self, world: World, user: User) -> None:
        super().__init__(world, world.add_user(user))
        self.user = user

    async def say(
        self,
        text: str,
        chat: Conversation | None = None,
        reply_to: Message | None = None,
    ) -> Message:
        """Send a text; the first one in the private chat starts the bot."""
        return self._send(self._checked(text), chat, reply_to)

    async def ask(self, text: str, chat: Conversation | None = None, timeout: float = PATIENCE) -> Message:  # noqa: ASYNC109 - tests read better so
        """Say it and return the bot's next message in that chat."""
        place = chat or self
        for reply in place.replies[-1:]:
            place._seen = max(place._seen, reply.id)  # noqa: SLF001 - the same class
        await self.say(text, chat)
        return await place.next_reply(timeout)

    async def send_file(
        self, name: str, data: bytes, caption: str = "", chat: Conversation | None = None
    ) -> Message:
        """Send a document, or a photo where the name says PNG or JPEG."""
        size = image_size(data) if name.lower().endswith((".png", ".jpg", ".jpeg")) else None
        kind = "image/png" if size else "application/octet-stream"
        stored = stored_upload(
            self._world, Upload(name, kind, data), FileSizeLimit.FILESIZE_DOWNLOAD_LOCAL_MODE
        )
        file: Json = {"file_id": stored.id, "file_unique_id": stored.unique_id, "file_size": len(data)}
        content: Json = {"document": file | {"file_name": name, "mime_type": kind}}
        if size:
            content = {"photo": [file | {"width": size[0], "height": size[1]}]}
        if caption:
            content |= with_entities(caption, find_entities(caption), "caption_")
        return self._send(content, chat, None)

    async def edit(self, message: Message, text: str) -> Message:
        changed = self._world.change(message.chat, message.json, self._checked(text), ("text", "entities"))
        if self._world.reaches_bot(message.chat, changed):
            self._world.updates.put("edited_message", changed)
        return message

    async def press(self, message: Message, button: str) -> Answer:
        """Tap a callback button, found by its text or its data; raise LookupError where there is none."""
        data = message.button(button)["callback_data"]
        query = self._world.ask(self.user.id, message.chat.id)
        self._world.updates.put(
            "callback_query",
            {
                "id": query.id,
                "from": self.user.as_json(),
                "message": message.json,
                "chat_instance": str(message.chat.id),
                "data": data,
            },
        )
        return Answer(self._world, query)

    async def inline(self, text: str, offset: str = "") -> Answer:
        """Type `@bot text` somewhere; no message is sent."""
        query = self._world.ask(self.user.id, self.user.id)
        asked = {
            "id": query.id,
            "from": self.user.as_json(),
            "query": text,
            "offset": offset,
            "chat_type": "private",
        }
        self._world.updates.put("inline_query", asked)
        return Answer(self._world, query)

    def block(self) -> None:
        self.change_bot_status(self, "kicked")

    def unblock(self) -> None:
        self.change_bot_status(self, "member")

    def change_bot_status(self, chat: Conversation, status: str) -> None:
        """Let the bot in, make it an administrator, or put it out; it gets `my_chat_member`."""
        before = member(self._world, chat.chat, self._world.bot.id)
        chat.chat.bot_status = status
        after = member(self._world, chat.chat, self._world.bot.id)
        self._world.updates.put(
            "my_chat_member",
            {
                "chat": chat.chat.as_json(),
                "from": self.user.as_json(),
                "date": int(time.time()),
                "old_chat_member": before,
                "new_chat_member": after,
            },
        )

    def _checked(self, text: str) -> Json:
        """Return the fields of a text; raise ValueError where no Telegram app would send it."""
        text = text.encode().decode().strip()  # a lone surrogate is a UnicodeEncodeError
        if not 1 <= utf16_length(text) <= MessageLimit.MAX_TEXT_LENGTH:
            raise ValueError(f"a message has 1 to {MessageLimit.MAX_TEXT_LENGTH} UTF-16 units")
        return with_entities(text, find_entities(text)[: MessageLimit.MESSAGE_ENTITIES])

    def _send(self, content: Json, chat: Conversation | None, reply_to: Message | None) -> Message:
        place = (chat or self).chat
        if self.user.id not in place.members:
            raise ValueError(f"{self.user.first_name} is not in {place.title}")
        if place.is_private and place.bot_status == "left":
            place.bot_status = "member"  # a first start is no my_chat_member update, an unblocking is
        elif place.is_private and place.bot_status == "kicked":
            self.unblock()
        if reply_to is not None:
            content = content | {"reply_to_message": as_replied(reply_to.json)}
        message = self._world.post(place, self.user, content)
        if self._world.reaches_bot(place, message):
            self._world.updates.put("message", message)
        return Message(self._world, place, message)


async def until(world: World, predicate: Callable[[], object], timeout: float = PATIENCE) -> None:  # noqa: ASYNC109 - tests read better so
    """Return once `predicate()` is true; raise TimeoutError where it is not in time."""
    deadline = time.monotonic() + timeout
    while not predicate():
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"not within {timeout} s")
        await world.changed.wait(left)
