"""Greetings, help, and a polite word for what the bot does not understand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telegram.constants import ChatType
from telegram.ext.filters import MessageFilter

from bot.handlers.addressing import text_replied_to, text_without_mention
from bot.keyboards.answers import example_buttons
from bot.markup import escape, lines
from bot.menu import publish_for
from bot.outgoing import delivery
from retrieval.language import normalise

if TYPE_CHECKING:
    from telegram import InlineKeyboardMarkup, Message, Update
    from telegram.ext import ContextTypes

    from bot.library import Library
    from bot.state.people import People


# In normal form, without what is neither letter nor digit.
_SMALL_TALK = re.compile(
    r"(?:(?:你|您|大家|你们)好|嗨|哈[喽啰罗]|hello|hi|hey|早上好|上午好|中午好|下午好|晚上好|早安|晚安|再见|拜拜|bye"
    r"|在吗|在么|在不在|有人吗|有人在吗|谢谢|多谢|感谢|谢谢[你您]|感谢[你您]|thanks?|thankyou|thx|辛苦了|好的|ok|okay"
    r"|不用了|没有?了|没事了?|没有?问题了?|[你您]是谁|[你您]叫什么(?:名字)?|[你您]能做什么|[你您]会什么|帮助"
    r"|收到|明白了|知道了|啊|呀|啦|哦|哈)*"
)


class SmallTalk(MessageFilter):
    """Texts that are greetings, thanks or signs alone, and reply to nobody else's text: no questions."""

    def filter(self, message: Message) -> bool:
        said = text_without_mention(message)
        letters = "".join(filter(str.isalnum, normalise(said)))
        return bool(said) and text_replied_to(message) is None and _SMALL_TALK.fullmatch(letters) is not None


class Conversation:
    def __init__(self, people: People, library: Library) -> None:
        self._people = people
        self._library = library

    async def start(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Greet, in private with a few questions to try; in a group shortly."""
        user, chat = update.effective_user, update.effective_chat
        words = self._people.words_of(user)
        if chat is None or chat.type != ChatType.PRIVATE:
            await _say(update, words.conversation.start_group)
            return
        buttons = example_buttons([words.shown(question) for question in await self._library.examples()])
        below = words.conversation.start_examples if buttons else words.conversation.help
        await _say(update, f"{words.conversation.start}\n\n{below}", buttons)
        if user and self._people.is_admin(user):
            # There may have been no chat to set it for.
            await publish_for(user.get_bot(), user.id, words, admin=True)

    async def help(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        words = self._people.words_of(update.effective_user)
        parts = [words.conversation.help]
        if self._people.is_admin(update.effective_user):
            parts.append(words.conversation.admin_help)
        await _say(update, "\n\n".join(parts))

    async def ids(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Tell the numbers that the settings ask for."""
        user, chat = update.effective_user, update.effective_chat
        if user and chat and update.message:
            words = self._people.words_of(user)
            numbers = []
            if not user.is_bot:  # else somebody speaks as the group or as a channel
                numbers.append(words.conversation.your_id.format(id=f"<code>{user.id}</code>"))
            if chat.type != ChatType.PRIVATE:
                numbers.append(words.conversation.group_id.format(id=f"<code>{chat.id}</code>"))
            await delivery.reply(update.message, lines(numbers))

    async def small_talk(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        await _say(update, self._people.words_of(update.effective_user).conversation.small_talk)

    async def unknown_command(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        words = self._people.words_of(update.effective_user).conversation
        forwarded = update.message and update.message.forward_origin
        await _say(update, words.forwarded_command if forwarded else words.unknown_command)

    async def not_text(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        await _say(update, self._people.words_of(update.effective_user).conversation.text_only)


async def _say(update: Update, text: str, buttons: InlineKeyboardMarkup | None = None) -> None:
    if update.message:
        in_group = update.message.chat.type != ChatType.PRIVATE
        await delivery.reply(update.message, escape(text), buttons, quoting=in_group)
