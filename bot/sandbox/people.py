"""The people's side of the chats, for the tests and for the page: what a Person does becomes an update."""

from __future__ import annotations

import mimetypes
import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from telegram.constants import FileSizeLimit, InlineQueryLimit, MessageLimit

from bot.sandbox.account import member
from bot.sandbox.chats import Chat, User, as_replied
from bot.sandbox.conversations import PATIENCE, Answer, Conversation, Message
from bot.sandbox.entities import find_entities, utf16_length
from bot.sandbox.markup import inline_fields
from bot.sandbox.media import as_document, as_photo, image_size, stored_upload
from bot.sandbox.methods import with_entities
from bot.sandbox.wire import Params, Upload

if TYPE_CHECKING:
    from bot.sandbox.wire import Json
    from bot.sandbox.world import World

__all__ = ["Answer", "Conversation", "Message", "Person"]

START_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")
ANONYMOUS = User(1087968824, "Group", "GroupAnonymousBot", is_bot=True)
"""Whom Telegram names as the sender where an admin speaks as the group."""


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
        topic: int | None = None,
        *,
        anonymous: bool = False,
    ) -> Message:
        """Send a text; the first one in the private chat starts the bot.

        `topic` is a thread id; a reply goes to its target's topic. An `anonymous` admin speaks as the group.
        """
        content = checked_text(text)
        if not anonymous:
            return self._send(content, chat, reply_to, topic)
        place = (chat or self).chat
        if place.members.get(self.user.id) not in {"creator", "administrator"}:
            raise ValueError(f"{self.user.first_name} is no admin of {place.title}")
        return self._send(content | {"sender_chat": place.as_json()}, chat, reply_to, topic, sender=ANONYMOUS)

    async def start(self, payload: str = "") -> Message:
        """Open the bot by a link with this payload, or without one."""
        if not START_PAYLOAD.fullmatch(payload):
            raise ValueError("a payload has up to 64 of A-Z, a-z, 0-9, _ and -")
        return await self.say(f"/start {payload}")

    async def ask(
        self,
        text: str,
        chat: Conversation | None = None,
        timeout: float = PATIENCE,  # noqa: ASYNC109 - tests read better so
        topic: int | None = None,
    ) -> Message:
        """Say it and return the bot's next message in that chat."""
        place = chat or self
        place._seen = place.chat.last_id  # noqa: SLF001 - the same class
        await self.say(text, chat, topic=topic)
        return await place.next_reply(timeout)

    async def send_file(  # noqa: PLR0913 - what may come with a file
        self,
        name: str | None,
        data: bytes,
        caption: str = "",
        chat: Conversation | None = None,
        reply_to: Message | None = None,
        *,
        topic: int | None = None,
        as_document: bool = False,
    ) -> Message:
        """Send a document, or a photo where the name says PNG or JPEG and it is not to be a document.

        The name goes as it is.
        """
        content = file_content(self._world, name, data, caption, photo=not as_document)
        return self._send(content, chat, reply_to, topic)

    async def send_location(self, latitude: float, longitude: float) -> Message:
        """Send a place on the map, in degrees, to the private chat with the bot."""
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise ValueError(f"{latitude}, {longitude} is nowhere")
        return self._send({"location": {"latitude": latitude, "longitude": longitude}}, None, None)

    async def forward(
        self, message: Message, chat: Conversation | None = None, topic: int | None = None
    ) -> Message:
        """Forward a message, to the private chat with the bot where no other is given."""
        return self._send(self._world.forwarded(message.json), chat, None, topic)

    async def edit(self, message: Message, text: str) -> Message:
        """Change the text, or the caption of a file."""
        if "text" in message.json:
            content, replaced = checked_text(text), ("text", "entities")
        else:
            content, replaced = checked_caption(text), ("caption", "caption_entities")
        changed = self._world.change(message.chat, message.json, content, replaced)
        if self._world.reaches_bot(message.chat, changed):
            self._world.updates.put("edited_message", changed)
        return message

    async def press(self, message: Message, button: str) -> Answer:
        """Tap a callback button, found by its text or its data; raise LookupError where there is none."""
        return await self.forge(message, message.button(button)["callback_data"])

    async def forge(self, message: Message, data: str) -> Answer:
        """Press with data that stands on no button, as an app of one's own can."""
        query = self._world.ask(self.user.id, message.chat)
        inline_id = message.inline_id
        pressed = {"inline_message_id": inline_id} if inline_id else {"message": message.json}
        self._world.updates.put(
            "callback_query",
            {
                "id": query.id,
                "from": self.user.as_json(),
                **pressed,
                "chat_instance": str(message.chat.id),
                "data": data,
            },
        )
        return Answer(self._world, query)

    async def inline(self, text: str, offset: str = "", chat: Conversation | None = None) -> Answer:
        """Type `@bot text` in a chat, the private one with the bot by default; no message is sent."""
        place = (chat or self).chat
        text = text.encode().decode()[: InlineQueryLimit.MAX_QUERY_LENGTH]  # as the apps cut it
        query = self._world.ask(self.user.id, place, text)
        asked = {
            "id": query.id,
            "from": self.user.as_json(),
            "query": text,
            "offset": offset.encode().decode(),
            "chat_type": "sender" if place is self.chat else place.kind,
        }
        self._world.updates.put("inline_query", asked)
        return Answer(self._world, query)

    async def choose(
        self,
        answer: Answer,
        result: int | str = 0,
        chat: Conversation | None = None,
        topic: int | None = None,
    ) -> Message:
        """Tap an inline result, by its place or its id; it becomes this person's message via the bot.

        Without a chat it goes where the query was typed. Raise LookupError where there is no such result.
        """
        query = answer.query
        results = (query.answer or {}).get("results", [])
        places = {str(found["id"]): found for found in results}
        chosen = results[result] if isinstance(result, int) else places[result]
        content = chosen["content"] | {"via_bot": self._world.bot.as_json()} | inline_fields(Params(chosen))
        place = chat or Conversation(self._world, query.chat)
        message = self._send(content, place, None, topic, inline=True)
        if self._world.inline_feedback:
            known = {"inline_message_id": message.inline_id} if message.buttons else {}
            told = {"result_id": str(chosen["id"]), "from": self.user.as_json(), "query": query.text}
            self._world.updates.put("chosen_inline_result", told | known)
        return message

    def chat_with(self, other: Person) -> Conversation:
        """Return the private chat of two people: no bot is in it, but inline mode works there."""
        members = {self.user.id: "member", other.user.id: "member"}
        return Conversation(self._world, Chat(0, "private", other.user.first_name, members=members))

    def set_language(self, code: str | None) -> None:
        """Choose the app's language, an IETF tag; the bot sees it from the next update on."""
        self.user = replace(self.user, language_code=code)
        self._world.users[self.user.id] = self.user
        self._world.journal.add("language", self.chat.id)

    def hide_forwards(self) -> None:
        """Let forwards of this person's messages show the name only."""
        self._world.hidden.add(self.user.id)

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

    def _send(  # noqa: PLR0913 - all that a message is sent with
        self,
        content: Json,
        chat: Conversation | None,
        reply_to: Message | None,
        topic: int | None = None,
        *,
        sender: User | None = None,
        inline: bool = False,
    ) -> Message:
        place = (chat or self).chat
        if self.user.id not in place.members:
            raise ValueError(f"{self.user.first_name} is not in {place.title}")
        if topic is not None and topic not in place.topics:
            raise ValueError(f"{place.title} has no topic {topic}")
        if place is self.chat and place.bot_status == "left":
            place.bot_status = "member"  # a first start is no my_chat_member update, an unblocking is
        elif place is self.chat and place.bot_status == "kicked":
            self.unblock()
        if reply_to is not None:
            topic = topic or reply_to.topic
        content = content | place.in_topic(topic)
        if reply_to is not None:
            content["reply_to_message"] = as_replied(reply_to.json)
        message = self._world.post(place, sender or self.user, content)
        if inline:
            self._world.add_inline(place, message)
        if self._world.reaches_bot(place, message):
            self._world.updates.put("message", message)
        return Message(self._world, place, message)


def checked_text(text: str) -> Json:
    """Return the fields of a text; raise ValueError where no Telegram app would send it."""
    text = text.encode().decode().strip()  # a lone surrogate is a UnicodeEncodeError
    if not 1 <= utf16_length(text) <= MessageLimit.MAX_TEXT_LENGTH:
        raise ValueError(f"a message has 1 to {MessageLimit.MAX_TEXT_LENGTH} UTF-16 units")
    return with_entities(text, find_entities(text)[: MessageLimit.MESSAGE_ENTITIES])


def checked_caption(text: str) -> Json:
    """Return the fields of a caption, none without one; raise ValueError where it is too long."""
    text = text.encode().decode().strip()
    if utf16_length(text) > MessageLimit.CAPTION_LENGTH:
        raise ValueError(f"a caption has up to {MessageLimit.CAPTION_LENGTH} UTF-16 units")
    entities = find_entities(text)[: MessageLimit.MESSAGE_ENTITIES]
    return with_entities(text, entities, "caption_") if text else {}


def file_content(world: World, name: str | None, data: bytes, caption: str, *, photo: bool = True) -> Json:
    """Store the file and return the fields of its message."""
    name = (name or "").encode().decode()
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    upload = Upload(name, kind, data)
    size = image_size(data) if photo and name.lower().endswith((".png", ".jpg", ".jpeg")) else None
    stored = stored_upload(
        world, upload, "photo" if size else "document", FileSizeLimit.FILESIZE_DOWNLOAD_LOCAL_MODE
    )
    file = {"photo": as_photo(stored, size)} if size else {"document": as_document(stored)}
    return file | checked_caption(caption)
