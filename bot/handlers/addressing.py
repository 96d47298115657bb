"""Which messages are meant for the bot, and what they say to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telegram import MessageEntity
from telegram.ext.filters import MessageFilter

if TYPE_CHECKING:
    from telegram import Message


_ASK = re.compile(r"/ask(?:@(\w+))?(?!\w)\s*", re.IGNORECASE)


class Addressed(MessageFilter):
    """Messages of a group that are meant for the bot: they mention it or reply to it."""

    def filter(self, message: Message) -> bool:
        return _replies_to_bot(message) or bool(_mentions(message))


class AddressedCaption(MessageFilter):
    """Captions that begin with the command to ask: Telegram marks them, but they are no commands."""

    def filter(self, message: Message) -> bool:
        command = _ASK.match(message.caption or "")
        return command is not None and (command[1] or "").lower() in ("", message.get_bot().username.lower())


class AddressedCommand(MessageFilter):
    """Commands that name the bot: `/command@its_name`."""

    def filter(self, message: Message) -> bool:
        word = (message.text or "").split(maxsplit=1)[:1]
        return bool(word) and word[0].lower().endswith(f"@{message.get_bot().username}".lower())


def command_text(message: Message) -> str:
    """Return what follows the command."""
    text = message.text or ""
    command = message.entities[0]  # ASCII at the start, so its length counts characters too
    return text[command.length :].strip()


def asked_text(message: Message) -> str:
    """Return what a text or a caption asks, without the command to ask and without a mention."""
    return _ASK.sub("", text_without_mention(message)).strip()


def text_without_mention(message: Message) -> str:
    text = message.text or message.caption or ""
    for mention in _mentions(message):
        text = re.sub(rf"{re.escape(mention)}(?!\w)", " ", text)
    return text.strip()


def text_replied_to(message: Message) -> str | None:
    """Return the text or caption that the message replies to; None where there is none or it is the bot's."""
    answered = message.reply_to_message
    if answered is None:
        return message.quote.text if message.quote else None  # of a message in another chat, all that is told
    return None if _replies_to_bot(message) else answered.text or answered.caption


def is_ours(message: Message) -> bool:
    """Whether the bot sent the message."""
    return message.from_user is not None and message.from_user.id == message.get_bot().id


def _replies_to_bot(message: Message) -> bool:
    answered = message.reply_to_message
    # In a topic, what replies to nothing replies to the message that opened the topic.
    return answered is not None and not answered.forum_topic_created and is_ours(answered)


def _mentions(message: Message) -> list[str]:
    """Return the places of the text that name the bot; entities may lie anywhere, and cut characters."""
    bot, found = message.get_bot(), []
    units = (message.text or message.caption or "").encode("utf-16-le", "surrogatepass")
    for entity in message.entities or message.caption_entities:
        start, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
        text = units[start:end].decode("utf-16-le", "ignore")
        by_name = entity.type == MessageEntity.MENTION and text.lower() == f"@{bot.username}".lower()
        by_id = entity.type == MessageEntity.TEXT_MENTION and entity.user and entity.user.id == bot.id
        if text and (by_name or by_id):
            found.append(text)
    return found
