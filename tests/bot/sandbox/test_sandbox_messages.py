"""What the sandbox takes and refuses of a bot's messages, from the real python-telegram-bot over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from telegram import (
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    MessageEntity,
    ReplyParameters,
)
from telegram.error import BadRequest, Forbidden

if TYPE_CHECKING:
    from telegram import Bot

    from bot.sandbox.server import Sandbox

KEYS = InlineKeyboardMarkup([[InlineKeyboardButton("下一条", callback_data="next")]])


async def refused(call: object) -> str:
    """Return the words with which Telegram's BadRequest comes."""
    with pytest.raises(BadRequest) as caught:
        await call  # type: ignore[misc]
    return caught.value.message


@pytest.fixture
async def chat(sandbox: Sandbox) -> int:
    """A private chat that has been started."""
    asker = sandbox.user(7)
    await asker.say("/start")
    return asker.id


async def test_a_message_comes_back_with_its_entities_and_keyboard(
    api: Bot, chat: int, sandbox: Sandbox
) -> None:
    """HTML becomes text and entities in UTF-16 units, and the person sees the same message."""
    sent = await api.send_message(chat, "😀 <b>三百</b> &lt;棵&gt;", parse_mode="HTML", reply_markup=KEYS)
    assert sent.text == "😀 三百 <棵>"
    assert sent.parse_entities() == {MessageEntity("bold", 3, 2): "三百"}
    seen = await sandbox.user(7).next_reply()
    assert (seen.id, seen.text, seen.buttons) == (sent.message_id, sent.text, [["下一条"]])


@pytest.mark.parametrize("text", ["", "   ", "\n\n"])
async def test_an_empty_text_is_refused(api: Bot, chat: int, text: str) -> None:
    assert await refused(api.send_message(chat, text)) == "Message text is empty"


async def test_a_text_of_nothing_but_tags_is_refused(api: Bot, chat: int) -> None:
    assert await refused(api.send_message(chat, "<b> </b>", parse_mode="HTML")) == "Message text is empty"


@pytest.mark.parametrize("unit", ["字", "a", "😀"])
async def test_a_text_may_have_4096_utf16_units_and_no_more(api: Bot, chat: int, unit: str) -> None:
    """The length counts after the tags are gone, and an emoji counts two."""
    most = 4096 // (2 if unit == "😀" else 1)
    await api.send_message(chat, f"<b>{unit * most}</b>", parse_mode="HTML")
    assert await refused(api.send_message(chat, unit * most + "x")) == "Message is too long"


async def test_an_edit_that_is_too_long_is_refused_in_other_words(api: Bot, chat: int) -> None:
    sent = await api.send_message(chat, "短")
    assert await refused(sent.edit_text("长" * 4097)) == "Message_too_long"


async def test_a_hundred_entities_are_the_most(api: Bot, chat: int) -> None:
    await api.send_message(chat, "<b>数</b> " * 100, parse_mode="HTML")
    assert "101 entities" in await refused(api.send_message(chat, "<b>数</b> " * 101, parse_mode="HTML"))


@pytest.mark.parametrize("mode", ["MarkdownV2", "Markdown", "XML"])
async def test_another_parse_mode_is_refused(api: Bot, chat: int, mode: str) -> None:
    assert "arse" in await refused(api.send_message(chat, "*粗*", parse_mode=mode))


async def test_given_entities_must_lie_within_the_text(api: Bot, chat: int) -> None:
    sent = await api.send_message(chat, "三百棵", entities=[MessageEntity("bold", 0, 2)])
    assert sent.parse_entities() == {MessageEntity("bold", 0, 2): "三百"}
    assert "outside" in await refused(api.send_message(chat, "三", entities=[MessageEntity("bold", 0, 2)]))


async def test_an_edit_changes_the_message_in_place(api: Bot, chat: int, sandbox: Sandbox) -> None:
    """The person's view of the message is live, and a keyboard not given again is gone."""
    sent = await api.send_message(chat, "第一条", reply_markup=KEYS)
    seen = await sandbox.user(7).next_reply()
    changed = await sent.edit_text("第二条")
    assert isinstance(changed, Message)
    assert changed.edit_date is not None
    assert (seen.text, seen.buttons, seen.edited) == ("第二条", [], True)


async def test_an_edit_that_changes_nothing_is_refused(api: Bot, chat: int) -> None:
    """Text and keyboard count: a new keyboard alone is a change."""
    sent = await api.send_message(chat, "<b>一</b>", parse_mode="HTML", reply_markup=KEYS)
    again = sent.edit_text("<b>一</b>", parse_mode="HTML", reply_markup=KEYS)
    assert (await refused(again)).startswith("Message is not modified: specified new message content")
    await sent.edit_reply_markup(None)
    assert (await refused(sent.edit_reply_markup(None))).startswith("Message is not modified")


async def test_what_cannot_be_edited_is_refused(api: Bot, chat: int) -> None:
    """A message that is not there, and one that is not the bot's."""
    missing = api.edit_message_text("二", chat, 999)
    assert await refused(missing) == "Message to edit not found"
    assert await refused(api.edit_message_text("二", chat, 1)) == "Message can't be edited"


async def test_a_deleted_message_is_gone(api: Bot, chat: int, sandbox: Sandbox) -> None:
    sent = await api.send_message(chat, "一")
    seen = await sandbox.user(7).next_reply()
    assert not seen.deleted
    await sent.delete()
    assert seen.deleted
    assert await refused(api.delete_message(chat, sent.message_id)) == "Message to delete not found"


async def test_a_reply_shows_what_it_replies_to(api: Bot, chat: int) -> None:
    sent = await api.send_message(chat, "你好", reply_parameters=ReplyParameters(1))
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "/start"


async def test_a_reply_to_a_missing_message_is_refused_unless_allowed(api: Bot, chat: int) -> None:
    reply = ReplyParameters(999)
    assert (
        await refused(api.send_message(chat, "在", reply_parameters=reply))
        == "Message to be replied not found"
    )
    allowed = ReplyParameters(999, allow_sending_without_reply=True)
    assert (await api.send_message(chat, "在", reply_parameters=allowed)).reply_to_message is None


async def test_a_quote_must_stand_in_the_message_word_for_word(api: Bot, sandbox: Sandbox) -> None:
    asked = await sandbox.user(7).say("😀 果园里有多少棵树？")
    reply = ReplyParameters(asked.id, quote="多少棵")
    sent = await api.send_message(7, "三百棵", reply_parameters=reply)
    assert sent.quote is not None
    assert (sent.quote.text, sent.quote.position) == ("多少棵", 7)
    other = ReplyParameters(asked.id, quote="多少颗")
    assert await refused(api.send_message(7, "三百棵", reply_parameters=other)) == "Quote_text_invalid"


@pytest.mark.parametrize("data", ["数" * 21 + "x", "x" * 64])
async def test_callback_data_may_have_64_bytes(api: Bot, chat: int, data: str) -> None:
    keys = InlineKeyboardMarkup.from_button(InlineKeyboardButton("一", callback_data=data))
    await api.send_message(chat, "一", reply_markup=keys)
    longer = InlineKeyboardMarkup.from_button(InlineKeyboardButton("一", callback_data=data + "x"))
    assert await refused(api.send_message(chat, "一", reply_markup=longer)) == "Button_data_invalid"


@pytest.mark.parametrize(
    ("button", "reason"),
    [
        (InlineKeyboardButton("空"), "text buttons are unallowed in the inline keyboard"),
        (InlineKeyboardButton(" ", callback_data="x"), "text must be non-empty"),
        (InlineKeyboardButton("两", callback_data="x", url="https://example.org"), "exactly one action"),
        (InlineKeyboardButton("链", url="example"), "wrong http url"),
        (InlineKeyboardButton("抄", copy_text=CopyTextButton("长" * 257)), "copy_text_invalid"),
    ],
)
async def test_a_wrong_button_is_refused(
    api: Bot, chat: int, button: InlineKeyboardButton, reason: str
) -> None:
    keys = InlineKeyboardMarkup.from_button(button)
    assert reason in (await refused(api.send_message(chat, "一", reply_markup=keys))).lower()


async def test_a_keyboard_has_its_limits(api: Bot, chat: int) -> None:
    """Eight buttons in a row, a hundred in all."""
    button = InlineKeyboardButton("一", callback_data="x")
    await api.send_message(chat, "一", reply_markup=InlineKeyboardMarkup([[button] * 8] * 12))
    for rows in ([[button] * 9], [[button] * 8] * 13):
        assert "too long" in await refused(
            api.send_message(chat, "一", reply_markup=InlineKeyboardMarkup(rows))
        )


async def test_a_bot_writes_only_to_those_who_started_it(api: Bot, sandbox: Sandbox) -> None:
    asker = sandbox.user(8)
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await api.send_message(8, "你好")
    await asker.say("/start")
    await api.send_message(8, "你好")
    asker.block()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await api.send_message(8, "你好")
    assert await refused(api.send_message(999, "你好")) == "Chat not found"


async def test_a_chat_action_must_be_one_that_telegram_knows(api: Bot, chat: int) -> None:
    await api.send_chat_action(chat, "typing")
    assert "action" in await refused(api.send_chat_action(chat, "thinking"))


async def test_a_message_can_be_copied_and_forwarded(api: Bot, sandbox: Sandbox) -> None:
    asked = await sandbox.user(7).say("问题")
    copied = await api.copy_message(7, 7, asked.id)
    forwarded = await api.forward_message(7, 7, asked.id)
    assert copied.message_id + 1 == forwarded.message_id
    assert forwarded.forward_origin is not None
    assert await refused(api.copy_message(7, 7, 999)) == "Message to copy not found"
