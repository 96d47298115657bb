"""Everything the sandbox knows: people, chats, messages and files, in memory only.

Messages are kept in the shape the Bot API gives them. What a bot may do is decided in `methods`; what people
do is in `people`. History is bounded: the oldest messages and files go first.
"""

from __future__ import annotations

import re
import secrets
import time
from typing import TYPE_CHECKING, Any

from bot.sandbox.chats import GENERAL_TOPIC, Chat, Query, StoredFile, User
from bot.sandbox.events import Journal, Signal, UpdateQueue
from bot.sandbox.wire import ApiError, bad_request

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.sandbox.wire import Json

MESSAGES_KEPT = 2000  # in each chat
FILES_KEPT = 500
CALLBACK_SECONDS = 60.0  # Telegram does not publish it; spinners end after about as long
ID = re.compile(r"0|-?[1-9][0-9]{0,18}")
FORWARDED = ("text", "entities", "caption", "caption_entities", "photo", "document", "via_bot")


class World:
    """`changed` wakes whoever waits for anything here to happen.

    `privacy` and `inline_feedback` are what BotFather sets of the bot, `hidden` are the people who let
    forwards of their messages not lead to them, `inline` are the messages posted by way of the bot.
    """

    def __init__(self, bot: User, *, privacy: bool = True) -> None:
        self.bot = bot
        self.privacy = privacy
        self.inline_feedback = False
        self.changed = Signal()
        self.journal = Journal(self.changed)
        self.updates = UpdateQueue(self.changed)
        self.updates.confirmed = self._read
        self.users: dict[int, User] = {}
        self.hidden: set[int] = set()
        self.chats: dict[int, Chat] = {}
        self.inline: dict[str, tuple[Chat, Json]] = {}
        self.files: dict[str, StoredFile] = {}
        self.queries: dict[str, Query] = {}
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.profile: dict[tuple[str, str], str] = {}

    def add_user(self, user: User) -> Chat:
        """Make a person known, not yet one who started the bot; return the private chat."""
        self.users[user.id] = user
        chat = Chat(user.id, "private", user.first_name, user.username, {user.id: "member"})
        return self.chats.setdefault(user.id, chat)

    def add_group(
        self, title: str, members: dict[int, str], topics: Iterable[str] = (), *, basic: bool = False
    ) -> Chat:
        """Make a supergroup, with topics a forum; the first member opens them, before the bot is there.

        A `basic` group is a small one of the old kind, which can become a supergroup.
        """
        number = len(self.chats) + 1
        kind, chat_id = ("group", -number) if basic else ("supergroup", -1_000_000_000_000 - number)
        chat = Chat(chat_id, kind, title, None, members)
        self.chats[chat.id] = chat
        names = list(topics)
        if names:
            chat.last_id = GENERAL_TOPIC
            chat.topics = {chat.last_id + place: name for place, name in enumerate(names, start=1)}
        for thread_id, name in chat.topics.items():
            opening = {"forum_topic_created": {"name": name, "icon_color": 0x6FB9F0}}
            self.post(chat, self.users[next(iter(members))], opening | chat.in_topic(thread_id))
        return chat

    def upgrade(self, group: Chat, owner: User) -> Chat:
        """Make a supergroup of a basic group; each of the two chats tells the bot so."""
        new = self.add_group(group.title, dict(group.members))
        new.bot_status, group.migrated_to = group.bot_status, new.id
        for chat, name, other in ((group, "to", new), (new, "from", group)):
            self.updates.put("message", self.post(chat, owner, {f"migrate_{name}_chat_id": other.id}))
        return new

    def chat(self, reference: str) -> Chat:
        """Return the chat by its id or `@username`; raise ApiError where the bot cannot see it."""
        if not reference:
            raise bad_request("chat_id is empty")
        if ID.fullmatch(reference):
            chat = self.chats.get(int(reference))
        else:
            chat = next((known for known in self.chats.values() if reference == f"@{known.username}"), None)
        if chat is None:
            raise bad_request("chat not found")
        return chat

    def writable(self, reference: str) -> Chat:
        """Return the chat; raise ApiError 403 where the bot may not write to it, 400 where it moved."""
        chat = self.chat(reference)
        if chat.migrated_to is not None:
            reason = "Bad Request: group chat was upgraded to a supergroup chat"
            raise ApiError(400, reason, migrate_to_chat_id=chat.migrated_to)
        if chat.bot_status in {"left", "kicked"}:
            reason = {
                ("private", "left"): "bot can't initiate conversation with a user",
                ("private", "kicked"): "bot was blocked by the user",
                ("supergroup", "left"): "bot is not a member of the supergroup chat",
                ("supergroup", "kicked"): "bot was kicked from the supergroup chat",
                ("group", "left"): "bot is not a member of the group chat",
                ("group", "kicked"): "bot was kicked from the group chat",
            }[chat.kind, chat.bot_status]
            raise ApiError(403, f"Forbidden: {reason}")
        return chat

    def post(self, chat: Chat, sender: User, content: Json) -> Json:
        """Add a message to the chat; the bot gets no update of it from here."""
        chat.last_id += 1
        message: Json = {
            "message_id": chat.last_id,
            "from": sender.as_json(),
            "chat": chat.as_json(),
            "date": int(time.time()),
            **content,
        }
        chat.messages[chat.last_id] = message
        _drop_oldest(chat.messages, MESSAGES_KEPT)
        self.journal.add("message", chat.id, message=message)
        chat.posted.notify()
        return message

    def change(self, chat: Chat, message: Json, content: Json, removed: tuple[str, ...] = ()) -> Json:
        """Edit a message in place."""
        for name in removed:
            message.pop(name, None)
        message |= content
        message["edit_date"] = int(time.time())
        self.journal.add("edited", chat.id, message=message)
        return message

    def delete(self, chat: Chat, message_id: int) -> None:
        del chat.messages[message_id]
        self.journal.add("deleted", chat.id, message_id=message_id)

    def store(self, kind: str, name: str, content_type: str, data: bytes) -> StoredFile:
        ids = secrets.token_urlsafe(24), secrets.token_urlsafe(9)
        file = StoredFile(ids[0], kind, ids[1], name, content_type, data)
        self.files[file.id] = file
        _drop_oldest(self.files, FILES_KEPT)
        return file

    def forwarded(self, message: Json) -> Json:
        """Return what a forward of the message holds; callback keyboards stay behind."""
        content = {name: message[name] for name in FORWARDED if name in message}
        return content | {"forward_origin": message.get("forward_origin") or self._origin(message)}

    def _origin(self, message: Json) -> Json:
        sender, date = message["from"], message["date"]
        if "sender_chat" in message:
            return {"type": "chat", "sender_chat": message["sender_chat"], "date": date}
        if sender["id"] in self.hidden:
            return {"type": "hidden_user", "sender_user_name": sender["first_name"], "date": date}
        return {"type": "user", "sender_user": sender, "date": date}

    def add_inline(self, chat: Chat, message: Json) -> str:
        """Give a message that came by way of the bot its `inline_message_id`."""
        inline_id = secrets.token_urlsafe(20)
        self.inline[inline_id] = (chat, message)
        _drop_oldest(self.inline, MESSAGES_KEPT)
        return inline_id

    def inline_id(self, message: Json) -> str | None:
        return next((key for key, (_, posted) in self.inline.items() if posted is message), None)

    def ask(self, user_id: int, chat: Chat, text: str = "") -> Query:
        """Open a callback or inline query."""
        query = Query(str(secrets.randbits(60)), user_id, chat, text)
        self.queries[query.id] = query
        _drop_oldest(self.queries, MESSAGES_KEPT)
        return query

    def answer(self, query_id: str, answer: Json) -> Query:
        """Close a query; raise ApiError where it is unknown, answered or too old."""
        query = self.queries.get(query_id)
        too_old = query is not None and time.monotonic() - query.asked > CALLBACK_SECONDS
        if query is None or too_old or query.answer is not None:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        query.answer = answer
        self.journal.add("answer", query.chat.id, query_id=query.id, user_id=query.user_id, answer=answer)
        return query

    def commands_for(self, user: User, chat: Chat) -> list[Json]:
        """Return the command list that Telegram would show the person there: the narrowest scope wins."""
        admin = chat.members.get(user.id) in {"administrator", "creator"}
        scopes = [f"chat:{chat.id}"]
        if chat.is_private:
            scopes += ["all_private_chats", "default"]
        else:
            narrow = [f"chat_administrators:{chat.id}"] if admin else []
            wide = ["all_chat_administrators"] if admin else []
            scopes = [
                f"chat_member:{chat.id}:{user.id}",
                *narrow,
                *scopes,
                *wide,
                "all_group_chats",
                "default",
            ]
        for scope in scopes:
            for language in ((user.language_code or "").partition("-")[0], ""):
                if listed := self.commands.get((scope, language)):
                    return listed
        return []

    def reaches_bot(self, chat: Chat, message: Json) -> bool:
        """Tell whether the bot gets the message: in a group, privacy mode keeps the people's talk from it."""
        if chat.is_private or chat.bot_status == "administrator" or not self.privacy:
            return chat.bot_status != "left"
        if chat.bot_status in {"left", "kicked"}:
            return False
        if (
            message.get("reply_to_message", {}).get("from", {}).get("id") == self.bot.id
            or "via_bot" in message
        ):
            return True
        return addresses(message, str(self.bot.username))

    def _read(self, update: Json) -> None:
        message = update.get("message") or update.get("edited_message")
        if message is not None:
            chat = self.chats[message["chat"]["id"]]
            chat.read_id = max(chat.read_id, message["message_id"])
            self.journal.add("read", message["chat"]["id"], message_id=message["message_id"])


def addresses(message: Json, username: str) -> bool:
    """Tell whether the text commands or mentions the bot; `/cmd@other_bot` is for the other."""
    text = message.get("text") or message.get("caption") or ""
    units = text.encode("utf-16-le")
    for entity in message.get("entities") or message.get("caption_entities") or []:
        begin, end = 2 * entity["offset"], 2 * (entity["offset"] + entity["length"])
        words = units[begin:end].decode("utf-16-le").lower()
        if entity["type"] == "bot_command" and words.partition("@")[2] in {"", username.lower()}:
            return True
        if entity["type"] == "mention" and words == f"@{username.lower()}":
            return True
    return False


def _drop_oldest(kept: dict[Any, Any], limit: int) -> None:
    while len(kept) > limit:
        del kept[next(iter(kept))]
