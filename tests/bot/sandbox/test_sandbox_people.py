"""What people do besides talking: forwards, deep links, languages, files, and keyboards to reply with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from telegram import (
    Bot,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.error import BadRequest

if TYPE_CHECKING:
    from telegram import MessageOrigin

    from bot.sandbox.server import Sandbox


async def last(api: Bot) -> Message:
    message = (await api.get_updates())[-1].message
    assert message is not None
    return message


async def origin(api: Bot) -> MessageOrigin:
    found = (await last(api)).forward_origin
    assert found is not None
    return found


async def test_a_forward_names_who_wrote_it(api: Bot, sandbox: Sandbox) -> None:
    """Its first author, however often it was forwarded; by name only where the author hides."""
    asker, author = sandbox.user(7), sandbox.user(8, name="乙")
    group = sandbox.group("果园", author, asker)
    said = await author.say("梨树三棵 #果园", group)
    first = await asker.forward(said)
    await asker.forward(first)
    assert (await origin(api)).to_dict()["sender_user"]["id"] == 8
    assert [entity.type for entity in (await last(api)).entities] == ["hashtag"]
    author.hide_forwards()
    await asker.forward(await author.say("梨树四棵", group))
    hidden = await origin(api)
    assert (hidden.type, hidden.to_dict()["sender_user_name"]) == ("hidden_user", "乙")


async def test_an_anonymous_admin_speaks_as_the_group(api: Bot, sandbox: Sandbox) -> None:
    """The bot sees the group as the sender, also in a forward; a plain member cannot do so."""
    owner, asker = sandbox.user(7), sandbox.user(8)
    group = sandbox.group("果园", owner, asker)
    said = await owner.say("/ask 有多少", group, anonymous=True)
    seen = await last(api)
    assert seen.from_user is not None
    assert seen.sender_chat is not None
    assert (seen.from_user.username, seen.sender_chat.id) == ("GroupAnonymousBot", group.id)
    await asker.forward(said)
    assert (await origin(api)).type == "chat"
    with pytest.raises(ValueError, match="no admin"):
        await asker.say("/ask 有多少", group, anonymous=True)


async def test_a_forward_leaves_the_keyboard_behind(api: Bot, sandbox: Sandbox) -> None:
    asker = sandbox.user(7)
    await asker.say("/start")
    keys = InlineKeyboardMarkup.from_button(InlineKeyboardButton("全文", callback_data="full"))
    await api.send_message(7, "三", reply_markup=keys)
    forwarded = await asker.forward(await asker.next_reply())
    assert (forwarded.text, forwarded.buttons) == ("三", [])


async def test_a_link_starts_the_bot_with_its_payload(api: Bot, sandbox: Sandbox) -> None:
    await sandbox.user(7).start("ask-1_x")
    assert (await last(api)).text == "/start ask-1_x"
    assert (await sandbox.user(7).start()).text == "/start"
    for wrong in ("梨", "a b", "a" * 65):
        with pytest.raises(ValueError, match="payload"):
            await sandbox.user(7).start(wrong)


async def test_a_language_counts_from_the_next_update_on(api: Bot, sandbox: Sandbox) -> None:
    asker = sandbox.user(7)
    languages = []
    for code in ("zh-hant", "en", None):
        asker.set_language(code)
        await asker.say("/start")
        sender = (await last(api)).from_user
        languages.append(sender and sender.language_code)
    assert languages == ["zh-hant", "en", None]


async def test_a_menu_is_of_a_language_not_of_its_script(api: Bot, sandbox: Sandbox) -> None:
    """Telegram takes two letters only, and shows that menu for every script and country."""
    await api.set_my_commands([("ask", "提问")], language_code="zh")
    for code in ("zh", "zh-hant", "zh-TW"):
        asker = sandbox.user(7)
        asker.set_language(code)
        assert [row["command"] for row in sandbox.world.commands_for(asker.user, asker.chat)] == ["ask"]
    with pytest.raises(BadRequest, match="Invalid language code"):
        await api.set_my_commands([("ask", "提问")], language_code="zh-hant")


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b\\c.md", "x?y#z%2f.md", ".", "名\n字.md", None])
async def test_a_file_keeps_its_name_however_hostile(api: Bot, sandbox: Sandbox, name: str | None) -> None:
    """The bot gets it as it was sent, or none; where to download it from does not depend on it."""
    asked = await sandbox.user(7).say("这里")
    await sandbox.user(7).send_file(name, b"# x", reply_to=asked)
    message = await last(api)
    assert message.document is not None
    assert message.document.file_name == name
    assert message.reply_to_message is not None
    file = await message.document.get_file()
    assert bytes(await file.download_as_bytearray()) == b"# x"


async def test_a_caption_can_be_edited_and_is_limited(api: Bot, sandbox: Sandbox) -> None:
    asker = sandbox.user(7)
    sent = await asker.send_file("文.md", b"# x", "果园")
    await asker.edit(sent, "菜园")
    edited = (await api.get_updates())[-1].edited_message
    assert edited is not None
    assert (edited.caption, edited.text) == ("菜园", None)
    with pytest.raises(ValueError, match="1024"):
        await asker.send_file("文.md", b"# x", "长" * 1025)


async def test_keyboards_to_reply_with_are_for_the_reader_only(api: Bot, sandbox: Sandbox) -> None:
    """The bot is not given them back, and cannot edit a message that has one."""
    asker = sandbox.user(7)
    await asker.say("/start")
    sent = await api.send_message(7, "请写原因", reply_markup=ForceReply(input_field_placeholder="原因"))
    assert sent.reply_markup is None
    assert (await asker.next_reply()).markup == {"force_reply": True, "input_field_placeholder": "原因"}
    with pytest.raises(BadRequest, match="can't be edited"):
        await sent.edit_text("不用了")
    await api.send_message(7, "请选", reply_markup=ReplyKeyboardMarkup([["好", "不好"]]))
    assert (await asker.next_reply()).markup["keyboard"] == [[{"text": "好"}, {"text": "不好"}]]
    await api.send_message(7, "谢谢", reply_markup=ReplyKeyboardRemove())
    assert (await asker.next_reply()).markup["remove_keyboard"]
    plain = await api.send_message(7, "三")
    for wrong, reason in (
        (ForceReply(input_field_placeholder="长" * 65), "too long"),
        (ReplyKeyboardMarkup([[" "]]), "non-empty"),
    ):
        with pytest.raises(BadRequest, match=reason):
            await api.send_message(7, "三", reply_markup=wrong)
    with pytest.raises(BadRequest, match="Inline keyboard expected"):
        await api.edit_message_text("四", 7, plain.message_id, reply_markup=ForceReply())  # type: ignore[arg-type]


async def test_privacy_can_be_turned(api: Bot, sandbox: Sandbox) -> None:
    group = sandbox.group("果园", sandbox.user(7))
    await sandbox.user(7).say("今天天气好", group)
    assert (await api.get_updates())[-1].message is None
    sandbox.privacy = False
    assert (await api.get_me()).can_read_all_group_messages
    await sandbox.user(7).say("今天天气好", group)
    assert (await last(api)).text == "今天天气好"
