"""What is sent from the page besides text, and how the page shows it: files, forwards, keys, languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from telegram import (
    Bot,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bot.sandbox.people import Conversation

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox
    from tests.phone import Phone


@pytest.fixture
def asker(sandbox: Sandbox) -> Person:
    return sandbox.user()


@pytest.fixture
async def chat(phone: Phone, sandbox: Sandbox, asker: Person) -> Phone:
    """The page at the user's chat, with the bot started."""
    await asker.say("/start")
    await phone.open(sandbox.url)
    await phone.run("sessionStorage.clear()")
    await phone.open(sandbox.url)
    return phone


def group_of(sandbox: Sandbox) -> Conversation:
    chat = next(chat for chat in sandbox.world.chats.values() if not chat.is_private)
    return Conversation(sandbox.world, chat)


async def test_a_file_is_sent_with_a_caption(chat: Phone, api: Bot, asker: Person, tmp_path: Path) -> None:
    """It waits over the input until it is sent, and can be taken back; the bot gets its bytes."""
    file = tmp_path / "果园 记录.md"
    file.write_text("# 梨", encoding="utf-8")
    await chat.attach(file)
    await chat.sees("果园 记录.md", "#about")
    await chat.tap("#about-cancel")
    assert await chat.run("return document.querySelector('#send').disabled")
    await chat.attach(file)
    await chat.write("请收下")
    await chat.sees("果园 记录.md", ".out .file")
    await chat.sees("请收下", ".out .text")
    sent = asker.messages[-1].json["document"]
    assert (sent["file_name"], sent["mime_type"]) == ("果园 记录.md", "text/markdown")
    got = await (await api.get_file(sent["file_id"])).download_as_bytearray()
    assert bytes(got) == "# 梨".encode()
    assert chat.complaints() == []


async def test_a_picture_is_sent_as_a_photo_and_without_a_word(
    chat: Phone, asker: Person, tmp_path: Path, picture: Callable[[int, int], bytes]
) -> None:
    (tmp_path / "图.png").write_bytes(picture(300, 200))
    await chat.attach(tmp_path / "图.png")
    await chat.tap("#send")
    await chat.until("return document.querySelector('.out img.photo')?.naturalWidth === 300")
    assert asker.messages[-1].text == ""


async def test_a_file_that_is_too_large_is_not_sent(chat: Phone, sandbox: Sandbox, tmp_path: Path) -> None:
    """Neither by the page nor past it; a body of another kind is refused as everywhere."""
    (tmp_path / "大.txt").write_bytes(bytes(20_000_001))
    await chat.attach(tmp_path / "大.txt")
    await chat.sees("超过 20 MB", "#toast")
    async with httpx.AsyncClient(base_url=sandbox.url) as client:
        for data, status in (("A" * 26_666_672, 413), ("A" * 28_000_000, 413), ("?", 400), ("", 400)):
            answer = await client.post("/api/upload", json={"tab": "user", "name": "x", "data": data})
            assert answer.status_code == status
        form = await client.post("/api/upload", data={"tab": "user"}, files={"data": ("x", b"x")})
        assert form.status_code == 415


async def test_a_message_is_forwarded_to_another_tab(chat: Phone, sandbox: Sandbox) -> None:
    await chat.write("梨树三棵")
    await chat.sees("梨树三棵", ".out .text")
    await chat.tap(".out .bubble")
    await chat.tap("#actions li:last-child button")
    await chat.sees("群聊", "#actions")
    await chat.tap("#actions li:last-child button")
    await chat.sees("转发自 小林", ".out .forwarded")
    await chat.sees("梨树三棵", ".out .text")
    assert await chat.run("return document.querySelector('[data-tab=group]').ariaSelected") == "true"
    assert group_of(sandbox).messages[-1].json["forward_origin"]["type"] == "user"


async def test_who_is_not_in_a_chat_leaves_the_forward_to_its_person(chat: Phone, sandbox: Sandbox) -> None:
    await chat.write("梨树三棵")
    await chat.sees("梨树三棵", ".out .text")
    await chat.tap(".out .bubble")
    await chat.tap("#actions li:last-child button")
    await chat.tap("#actions li:first-child button")
    await chat.sees("转发自 小林", ".out .forwarded")
    admin = sandbox.user(sandbox.admin_id)
    assert admin.messages[-1].json["from"]["id"] == admin.user.id


async def test_a_forced_reply_is_begun_by_the_page(chat: Phone, api: Bot, asker: Person) -> None:
    """With its placeholder, also after a reload; what is written is a reply to it, and then it is done."""
    placeholder = "return document.querySelector('#input').placeholder"
    asked = await api.send_message(
        asker.id, "请写原因", reply_markup=ForceReply(input_field_placeholder="原因")
    )
    await chat.sees("请写原因", "#about")
    assert await chat.run(placeholder) == "原因"
    await chat.run("location.reload()")
    await chat.sees("请写原因", "#about")
    await chat.write("数字不对")
    await chat.sees("请写原因", ".out .reply")
    assert asker.messages[-1].json["reply_to_message"]["message_id"] == asked.message_id
    await chat.until(f"{placeholder} === '消息' && document.querySelector('#about').hidden")


async def test_keys_in_place_of_typing_send_their_text(chat: Phone, api: Bot, asker: Person) -> None:
    """They stay until the bot takes them away; those for one time go once they were used."""
    keys = "return [...document.querySelectorAll('#keys button')].map((key) => key.innerText)"
    rows = [["数字错了", "段落错了"], ["其他"]]
    await api.send_message(asker.id, "哪里不对？", reply_markup=ReplyKeyboardMarkup(rows))
    await chat.sees("段落错了", "#keys")
    assert await chat.run(keys) == ["数字错了", "段落错了", "其他"]
    await chat.tap("#keys button:last-child")
    await chat.sees("其他", ".out .text")
    assert len(await chat.run(keys)) == 3
    await api.send_message(asker.id, "谢谢", reply_markup=ReplyKeyboardRemove())
    await chat.until("return document.querySelector('#keys').hidden")
    once = ReplyKeyboardMarkup([["好"]], one_time_keyboard=True)
    await api.send_message(asker.id, "好吗？", reply_markup=once)
    await chat.tap("#keys button")
    await chat.until("return document.querySelector('#keys').hidden")


async def test_the_language_of_a_person_can_be_chosen(
    chat: Phone, api: Bot, sandbox: Sandbox, asker: Person
) -> None:
    """The bot sees it from the next update on, and the menu follows; the admin has a language too."""
    await api.set_my_commands([("help", "怎么提问")])
    await api.set_my_commands([("help", "How to ask")], language_code="en")
    await chat.pick("#language", "en")
    await chat.until("return document.querySelector('#language').value === 'en'")
    await chat.tap("#menu")
    await chat.sees("How to ask", "#commands")
    await chat.write("梨")
    await chat.sees("梨", ".out .text")
    message = (await api.get_updates())[-1].message
    assert message is not None
    assert message.from_user is not None
    assert message.from_user.language_code == "en"
    await chat.tap("[data-tab=admin]")
    assert await chat.run("return document.querySelector('#language').value") == "zh-hans"
    await chat.pick("#language", "zh-hant")
    await sandbox.until(lambda: sandbox.user(sandbox.admin_id).user.language_code == "zh-hant")
    async with httpx.AsyncClient(base_url=sandbox.url) as client:
        wrong = await client.post("/api/language", json={"tab": "user", "code": "x" * 99})
    assert (wrong.status_code, asker.user.language_code) == (400, "en")


async def test_a_topic_is_named_at_its_messages(chat: Phone, api: Bot, sandbox: Sandbox) -> None:
    """And the message that opened it is not shown as replied to."""
    group = group_of(sandbox)
    group.chat.topics = {1 + group.chat.last_id: "果园数据"}
    (thread_id,) = group.chat.topics
    opening = {"forum_topic_created": {"name": "果园数据", "icon_color": 0x6FB9F0}}
    sandbox.world.post(group.chat, sandbox.user().user, opening)
    await chat.open(sandbox.url)
    await chat.tap("[data-tab=group]")
    await chat.sees("话题「果园数据」", ".day")
    await api.send_message(group.id, "三棵", message_thread_id=thread_id)
    await chat.sees("果园数据", ".in .topic")
    assert await chat.run("return document.querySelector('.in .reply')") is None


async def test_a_photo_its_caption_and_its_keyboard_are_as_wide_as_each_other(
    chat: Phone, api: Bot, asker: Person, tmp_path: Path, picture: Callable[[int, int], bytes]
) -> None:
    """Eight buttons fit in a row, long texts break in two lines, and all stays on the screen."""
    rows = [[InlineKeyboardButton(str(n), callback_data=str(n)) for n in range(1, 9)]]
    rows.append([InlineKeyboardButton("北面的果园里梨树多还是苹果树多？" * 4, callback_data="long")])
    await api.send_photo(
        asker.id, picture(800, 450), caption="最近三十天的提问，" * 8, reply_markup=InlineKeyboardMarkup(rows)
    )
    await chat.until("return document.querySelector('.in img.photo')?.naturalWidth === 800")
    box = "document.querySelector('.in {}').getBoundingClientRect()"
    bubble, photo, keyboard = [
        await chat.run(f"return {box.format(part)}.width") for part in (".bubble", ".photo", ".keyboard")
    ]
    assert 0 <= bubble - photo <= 4
    assert bubble == pytest.approx(keyboard, abs=1)
    assert await chat.run(f"return {box.format('.keyboard')}.right") < 390
    keys = "[...document.querySelectorAll('.keyboard-row:first-child .key')]"
    widths = await chat.run(f"return {keys}.map((key) => key.offsetWidth)")
    assert len(widths) == 8
    assert min(widths) >= 30
    assert 40 < await chat.run("return document.querySelector('[data-press=long]').offsetHeight") < 70
    for scheme in ("dark", "light"):
        await chat.theme(scheme)
        await chat.screenshot(tmp_path / f"{scheme}.png")


async def test_a_link_to_the_bot_starts_it_on_the_page(
    chat: Phone, api: Bot, sandbox: Sandbox, asker: Person
) -> None:
    """For the person whose chat is chosen; nothing is opened at Telegram."""
    await api.send_message(asker.id, f"https://t.me/{sandbox.bot.username}?start=invite-1")
    await chat.tap(".in .text a")
    await chat.sees("管理员", "#actions")
    await chat.tap("#actions li:last-child button")
    await chat.sees("/start invite-1", ".out .text")
    assert sandbox.user(sandbox.admin_id).messages[-1].text == "/start invite-1"
