"""Inline mode: queries, their answers, and the messages that people make of the results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultCachedPhoto,
    InlineQueryResultGif,
    InlineQueryResultsButton,
    InputMediaDocument,
    InputTextMessageContent,
    WebAppInfo,
)
from telegram.error import BadRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.people import Answer
    from bot.sandbox.server import Sandbox

KEYS = InlineKeyboardMarkup.from_button(InlineKeyboardButton("全文", callback_data="full"))


def article(key: str, keys: InlineKeyboardMarkup | None = KEYS) -> InlineQueryResultArticle:
    text = InputTextMessageContent(f"<b>梨 {key}</b>", parse_mode="HTML")
    return InlineQueryResultArticle(key, f"梨 {key}", text, reply_markup=keys)


async def asked(api: Bot) -> InlineQuery:
    query = (await api.get_updates())[-1].inline_query
    assert query is not None
    return query


async def answered(api: Bot, sandbox: Sandbox, **given: Any) -> Answer:
    """Ask inline as person 7 and let the bot answer with two articles."""
    answer = await sandbox.user(7).inline("梨树")
    await (await asked(api)).answer([article("1"), article("2")], **given)
    return answer


async def test_a_query_tells_the_kind_of_chat_it_is_typed_in(api: Bot, sandbox: Sandbox) -> None:
    asker, friend = sandbox.user(7), sandbox.user(8)
    group = sandbox.group("果园", asker)
    for chat, kind in (
        (None, "sender"),
        (asker, "sender"),
        (group, "supergroup"),
        (asker.chat_with(friend), "private"),
    ):
        await asker.inline("梨", chat=chat)
        assert (await asked(api)).chat_type == kind


async def test_a_chosen_result_is_a_message_via_the_bot(api: Bot, sandbox: Sandbox) -> None:
    """By the person, with the keyboard; in a group it reaches the bot in privacy mode too."""
    asker = sandbox.user(7)
    group = sandbox.group("果园", asker)
    message = await asker.choose(await answered(api, sandbox), "2", group)
    assert (message.text, message.buttons, message.from_bot) == ("梨 2", [["全文"]], False)
    seen = (await api.get_updates())[-1].message
    assert seen is not None
    assert seen.via_bot is not None
    assert (seen.via_bot.id, seen.from_user and seen.from_user.id) == (sandbox.bot.id, 7)
    assert [entity.type for entity in seen.entities] == ["bold"]
    with pytest.raises(LookupError):
        await asker.choose(await answered(api, sandbox), "3")


async def test_a_press_on_it_carries_its_inline_id(api: Bot, sandbox: Sandbox) -> None:
    """And no message, by which the bot can edit it where it is in no chat with it."""
    asker, friend = sandbox.user(7), sandbox.user(8)
    message = await asker.choose(await answered(api, sandbox), 0, asker.chat_with(friend))
    updates = len(await api.get_updates())
    await friend.press(message, "全文")
    query = (await api.get_updates())[-1].callback_query
    assert len(await api.get_updates()) == updates + 1
    assert query is not None
    assert (query.message, query.inline_message_id) == (None, message.inline_id)
    assert await api.edit_message_text("全文在此", inline_message_id=query.inline_message_id) is True
    assert (message.text, message.buttons, message.edited) == ("全文在此", [], True)
    await api.edit_message_reply_markup(inline_message_id=query.inline_message_id, reply_markup=KEYS)
    assert message.buttons == [["全文"]]
    with pytest.raises(BadRequest, match="not modified"):
        await api.edit_message_reply_markup(inline_message_id=query.inline_message_id, reply_markup=KEYS)
    with pytest.raises(BadRequest, match="Message_id_invalid"):
        await api.edit_message_text("全文", inline_message_id="none")
    with pytest.raises(BadRequest, match="new file"):
        await api.edit_message_media(InputMediaDocument(b"x"), inline_message_id=query.inline_message_id)


async def test_the_choice_is_told_where_feedback_is_on(api: Bot, sandbox: Sandbox) -> None:
    """It is off as with BotFather; the inline id comes only where there is a keyboard."""
    asker = sandbox.user(7)
    await asker.choose(await answered(api, sandbox))
    assert all(update.chosen_inline_result is None for update in await api.get_updates())
    sandbox.world.inline_feedback = True
    message = await asker.choose(await answered(api, sandbox), 1)
    (told,) = [
        update.chosen_inline_result for update in await api.get_updates() if update.chosen_inline_result
    ]
    assert (told.result_id, told.query, told.inline_message_id) == ("2", "梨树", message.inline_id)
    bare = await asker.inline("梨")
    await (await asked(api)).answer([article("1", None)])
    await asker.choose(bare)
    last = (await api.get_updates())[-1].chosen_inline_result
    assert last is not None
    assert last.inline_message_id is None


async def test_an_answer_keeps_its_settings(api: Bot, sandbox: Sandbox) -> None:
    answer = await answered(
        api,
        sandbox,
        cache_time=5,
        is_personal=True,
        button=InlineQueryResultsButton("去提问", start_parameter="ask-1"),
    )
    given = await answer.wait()
    assert (given["cache_time"], given["is_personal"]) == (5, True)
    assert given["button"] == {"text": "去提问", "start_parameter": "ask-1"}


@pytest.mark.parametrize(
    ("button", "reason"),
    [
        (InlineQueryResultsButton("去"), "exactly one"),
        (InlineQueryResultsButton("去", WebAppInfo("https://example.org"), "a"), "exactly one"),
        (InlineQueryResultsButton("", start_parameter="a"), "text"),
        (InlineQueryResultsButton("去", start_parameter="a b"), "Start_param_invalid"),
        (InlineQueryResultsButton("去", start_parameter="梨"), "Start_param_invalid"),
        (InlineQueryResultsButton("去", start_parameter="a" * 65), "Start_param_invalid"),
    ],
)
async def test_a_wrong_button_over_the_results_is_refused(
    api: Bot, sandbox: Sandbox, button: InlineQueryResultsButton, reason: str
) -> None:
    await sandbox.user(7).inline("梨")
    query = await asked(api)
    with pytest.raises(BadRequest, match=reason):
        await query.answer([], button=button)


async def test_a_negative_cache_time_and_a_result_of_another_kind_are_refused(
    api: Bot, sandbox: Sandbox
) -> None:
    await sandbox.user(7).inline("梨")
    query = await asked(api)
    with pytest.raises(BadRequest, match="Cache_time_invalid"):
        await query.answer([], cache_time=-1)
    with pytest.raises(BadRequest, match="articles"):
        await query.answer([InlineQueryResultGif("1", "https://example.org/1", "https://example.org/2")])


async def test_a_cached_photo(api: Bot, sandbox: Sandbox, picture: Callable[[int, int], bytes]) -> None:
    """A photo that the bot has sent can be a result; what people post of it has its caption."""
    asker = sandbox.user(7)
    await asker.say("/start")
    sent = await api.send_photo(7, picture(30, 20))
    document = (await api.send_document(7, b"x")).document
    assert document is not None

    def result(file_id: str, caption: str = "<b>梨</b>") -> InlineQueryResultCachedPhoto:
        return InlineQueryResultCachedPhoto("1", file_id, title="梨", caption=caption, parse_mode="HTML")

    answer = await asker.inline("梨树")
    query = await asked(api)
    for wrong, reason in (
        (result("none"), "Wrong file identifier"),
        (result(document.file_id), "Can't use file"),
        (result(sent.photo[0].file_id, "长" * 1025), "caption is too long"),
    ):
        with pytest.raises(BadRequest, match=reason):
            await query.answer([wrong])
    await query.answer([result(sent.photo[0].file_id)])
    posted = await asker.choose(answer)
    assert (posted.text, posted.json["photo"][0]["file_id"]) == ("梨", sent.photo[0].file_id)
    assert posted.entities[0]["type"] == "bold"
