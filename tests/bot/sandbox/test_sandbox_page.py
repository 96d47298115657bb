"""The chat page in a real Chromium, with a small bot on python-telegram-bot behind it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from selenium.webdriver.common.keys import Keys
from telegram import (
    BotCommand,
    BotCommandScopeChat,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Update,
)
from telegram.constants import ChatAction
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)
from telegram.request import HTTPXRequest

from bot.sandbox.server import SANDBOX_ADMIN_ID, Sandbox
from bot.settings import SANDBOX_TOKEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tests.phone import Phone

App = Application[Any, Any, Any, Any, Any, Any]
Context = ContextTypes.DEFAULT_TYPE
HOSTILE = "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script> &lt;b&gt;"
QUOTE = (
    "果园东头种着苹果树一万二千棵，西头种着梨树八千棵。北面的先修剪，南面的后修剪；树龄满十年的留三根主枝。"
    * 4
)
ANSWER = f"<b>苹果树 1.2万棵</b>\n<blockquote expandable>{QUOTE}</blockquote>\n<i>《果园手记》 · 第二节</i>"
KEYS = InlineKeyboardMarkup(
    [
        [
            InlineKeyboardButton("下一条", callback_data="next"),
            InlineKeyboardButton("上下文", callback_data="around"),
        ],
        [InlineKeyboardButton("👍", callback_data="good"), InlineKeyboardButton("👎", callback_data="bad")],
        [
            InlineKeyboardButton("复制数字", copy_text=CopyTextButton("1.2万棵")),
            InlineKeyboardButton("打开来源", url="https://example.org/orchard"),
        ],
    ]
)


async def welcome(update: Update, context: Context) -> None:
    assert update.message is not None
    await update.message.reply_text("你好，请提问。")
    if update.message.chat.id == SANDBOX_ADMIN_ID:
        commands = [BotCommand("reindex", "重建索引")]
        await context.bot.set_my_commands(commands, scope=BotCommandScopeChat(SANDBOX_ADMIN_ID))


async def reindex(update: Update, _context: Context) -> None:
    assert update.message is not None
    note = await update.message.reply_text("读了 0 个文件")
    for done in range(1, 4):
        await note.edit_text(f"读了 {done} 个文件")


async def answer(update: Update, context: Context) -> None:
    message = update.message
    assert message is not None
    assert message.text is not None
    if message.text == HOSTILE:
        await message.reply_text(HOSTILE)
    elif message.text == "图":
        await message.reply_photo(context.bot_data["picture"], caption="一张图")
        await message.reply_document("一,二\n".encode(), filename="表.csv")
    elif message.text == "慢":
        await message.chat.send_action(ChatAction.TYPING)
        await asyncio.sleep(1.5)
        await message.reply_text("来了")
    else:
        await message.reply_html(ANSWER, reply_markup=KEYS, do_quote=True)


async def edited(update: Update, _context: Context) -> None:
    assert update.edited_message is not None
    await update.edited_message.reply_text(f"问题改成了：{update.edited_message.text}")


async def press(update: Update, _context: Context) -> None:
    query = update.callback_query
    assert query is not None
    if query.data == "next":
        await query.answer()
        await query.edit_message_text("<b>梨树 八千棵</b>", parse_mode="HTML", reply_markup=KEYS)
    elif query.data == "around":
        await query.answer("上下文在前一节", show_alert=True)
    elif query.data == "good":
        await query.answer("谢谢，已记下")
    else:
        await asyncio.sleep(1)
        await query.answer("慢慢记下")


@pytest.fixture(autouse=True)
async def orchard(sandbox: Sandbox, picture: Callable[[int, int], bytes]) -> AsyncIterator[App]:
    """A bot that answers whatever it is asked."""
    # Plain HTTP needs no certificates, and loading them takes longer than most tests.
    calls, polls = (HTTPXRequest(8, httpx_kwargs={"verify": False}) for _ in range(2))
    builder = ApplicationBuilder().token(SANDBOX_TOKEN).base_url(f"{sandbox.url}/bot").concurrent_updates(8)
    app = builder.request(calls).get_updates_request(polls).build()
    app.bot_data["picture"] = picture(300, 200)
    app.add_handler(CommandHandler("start", welcome))
    app.add_handler(CommandHandler("reindex", reindex))
    app.add_handler(MessageHandler(filters.TEXT & filters.UpdateType.MESSAGE, answer))
    app.add_handler(MessageHandler(filters.UpdateType.EDITED_MESSAGE, edited))
    app.add_handler(CallbackQueryHandler(press))
    async with app:
        await app.bot.set_my_commands([BotCommand("start", "重新开始"), BotCommand("help", "怎么提问")])
        await app.bot.set_my_description("在文章里找出处。")
        await app.start()
        assert app.updater is not None
        await app.updater.start_polling()
        yield app
        await app.updater.stop()
        await app.stop()


@pytest.fixture
async def chat(phone: Phone, sandbox: Sandbox) -> Phone:
    """The page, with the bot started."""
    await phone.open(sandbox.url)
    await phone.tap("#start")
    await phone.sees("你好，请提问。", ".in .text")
    return phone


async def test_the_chat_begins_with_the_start_button(phone: Phone, sandbox: Sandbox) -> None:
    """What the bot can do is shown; the button sends /start and makes room for the input."""
    await phone.open(sandbox.url)
    await phone.sees("在文章里找出处。", "#intro")
    await phone.tap("#start")
    await phone.sees("/start", ".out .text")
    await phone.sees("你好，请提问。", ".in .text")
    assert await phone.run(
        "return document.querySelector('#intro').hidden && !document.querySelector('#bar').hidden"
    )


async def test_a_question_is_answered_with_formatting_and_a_keyboard(chat: Phone, tmp_path: Path) -> None:
    await chat.write("果园里有多少棵苹果树？")
    await chat.sees("苹果树 1.2万棵", ".in .text strong")
    await chat.sees("果园里有多少棵苹果树？", ".in .reply")
    await chat.sees("《果园手记》", ".in em")
    assert await chat.run("return [...document.querySelectorAll('.key')].map((key) => key.innerText)") == [
        "下一条", "上下文", "👍", "👎", "复制数字", "打开来源",
    ]  # fmt: skip
    await chat.until("return document.querySelectorAll('.ticks[aria-label=已读]').length === 2")
    for scheme in ("light", "dark"):
        await chat.theme(scheme)
        await chat.screenshot(tmp_path / f"{scheme}.png")
    await chat.theme("light")
    assert chat.complaints() == []


async def test_nothing_is_wider_than_the_phone(chat: Phone) -> None:
    await chat.write("长" * 300 + "x" * 300)
    await chat.sees("苹果树", ".in .text")
    assert await chat.run("return document.documentElement.scrollWidth") == 390
    assert (
        await chat.run("const log = document.getElementById('log'); return log.scrollWidth - log.clientWidth")
        == 0
    )


async def test_a_long_quote_opens_and_closes(chat: Phone) -> None:
    await chat.write("苹果树")
    height = "return document.querySelector('.quote-body').clientHeight"
    await chat.sees("果园东头", ".quote")
    closed = await chat.run(height)
    await chat.tap(".quote-toggle")
    await chat.until(
        "return document.querySelector('.quote-toggle').getAttribute('aria-expanded') === 'true'"
    )
    assert await chat.run(height) > 2 * closed
    await chat.tap(".quote-toggle")
    await chat.until(
        "return document.querySelector('.quote-toggle').getAttribute('aria-expanded') === 'false'"
    )
    assert await chat.run(height) == closed


async def test_a_button_edits_the_message_in_place(chat: Phone) -> None:
    await chat.write("苹果树")
    await chat.sees("苹果树 1.2万棵", ".in strong")
    before = await chat.run("return document.querySelectorAll('.row').length")
    await chat.tap("[data-press=next]")
    await chat.sees("梨树 八千棵", ".in strong")
    await chat.sees("已编辑", ".in .meta")
    assert await chat.run("return document.querySelectorAll('.row').length") == before


async def test_answers_to_buttons_are_a_toast_or_an_alert(chat: Phone) -> None:
    await chat.write("苹果树")
    await chat.tap("[data-press=good]")
    await chat.sees("谢谢，已记下", "#toast")
    await chat.tap("[data-press=around]")
    await chat.sees("上下文在前一节", "#alert[open]")
    await chat.tap("#alert button")
    await chat.until("return !document.querySelector('#alert').open")


async def test_a_button_shows_that_it_waits(chat: Phone) -> None:
    await chat.write("苹果树")
    await chat.tap("[data-press=bad]")
    assert await chat.run("return document.querySelector('[data-press=bad]').ariaBusy") == "true"
    await chat.sees("慢慢记下", "#toast")
    assert await chat.run("return document.querySelector('[data-press=bad]').ariaBusy") is None


async def test_typing_is_shown_until_the_answer(chat: Phone) -> None:
    await chat.write("慢")
    await chat.sees("正在输入", "#status")
    await chat.sees("来了", ".in .text")
    await chat.sees("机器人", "#status")


async def test_hostile_text_does_nothing(chat: Phone) -> None:
    """It is shown as it was written, from the person and from the bot, and the browser runs none of it."""
    chat.complaints()
    await chat.write(HOSTILE)
    await chat.sees(HOSTILE, ".in .text")
    await chat.sees(HOSTILE, ".out .text")
    assert await chat.run("return document.querySelectorAll('#log img, #log script').length") == 0
    assert "broken" not in await chat.run("return document.title")
    assert chat.complaints() == []


async def test_the_menu_lists_the_commands_and_sends_one(chat: Phone) -> None:
    await chat.tap("#menu")
    await chat.sees("重新开始", "#commands")
    await chat.tap("#commands li:first-child .pick")
    await chat.until("return document.querySelectorAll('.out').length === 2")
    await chat.write("/he", end="")
    assert await chat.run("return document.querySelector('#commands').innerText") == "/help\n怎么提问"


async def test_the_admin_has_a_chat_and_commands_of_their_own(chat: Phone) -> None:
    """A message edited again and again keeps its place, and the user's chat is as it was."""
    await chat.tap("[data-tab=admin]")
    await chat.tap("#start")
    await chat.sees("你好，请提问。", ".in .text")
    await chat.write("/reindex")
    await chat.sees("读了 3 个文件", ".in .text")
    await chat.until("return document.querySelectorAll('.in').length === 2")
    await chat.tap("#menu")
    await chat.sees("重建索引", "#commands")
    await chat.tap("[data-tab=user]")
    assert await chat.run("return document.querySelectorAll('.row').length") == 2


async def test_what_happens_in_another_tab_is_counted(chat: Phone, sandbox: Sandbox, orchard: App) -> None:
    await sandbox.user(SANDBOX_ADMIN_ID).say("苹果树")
    await chat.sees("1", "[data-tab=admin] .badge")
    await orchard.bot.send_message(SANDBOX_ADMIN_ID, "还有")
    await chat.sees("2", "[data-tab=admin] .badge")
    await chat.tap("[data-tab=admin]")
    await chat.sees("未读消息", ".divider")
    assert await chat.run("return document.querySelector('[data-tab=admin] .badge')") is None


async def test_in_the_group_the_bot_answers_when_it_is_meant(chat: Phone) -> None:
    await chat.tap("[data-tab=group]")
    await chat.sees("3 位成员", "#status")
    await chat.write("今天天气好")
    await chat.write("@wenju_sandbox_bot 苹果树")
    await chat.sees("@wenju_sandbox_bot 苹果树", ".in .reply")
    assert await chat.run("return document.querySelectorAll('.in').length") == 1


async def test_reply_copy_and_edit_are_in_the_message_menu(chat: Phone) -> None:
    await chat.write("苹果数")
    await chat.sees("苹果树", ".in strong")
    await chat.tap(".out .bubble")
    await chat.sees("编辑", "#actions")
    await asyncio.sleep(0.5)  # it stays
    await chat.tap("#actions li:nth-child(3) button")
    await chat.run("document.getElementById('input').value = ''")
    await chat.write("苹果树")
    await chat.sees("问题改成了：苹果树", ".in .text")
    await chat.sees("已编辑", ".out .meta")
    await chat.tap(".in .text")
    await chat.tap("#actions li:first-child button")
    await chat.sees("回复 问据", "#about")
    await chat.write("好")
    await chat.sees("问题改成了", ".out .reply")


async def test_enter_sends_shift_enter_breaks_and_arrow_up_edits(chat: Phone) -> None:
    await chat.write("一", end=Keys.SHIFT + Keys.ENTER)
    await chat.write("二")
    await chat.until(
        "return [...document.querySelectorAll('.out .text')].some((e) => e.innerText.startsWith('一\\n二'))"
    )
    await chat.write("", end=Keys.ARROW_UP)
    await chat.sees("编辑消息", "#about")
    assert await chat.run("return document.getElementById('input').value") == "一\n二"


async def test_pictures_are_shown_and_files_can_be_saved(chat: Phone) -> None:
    await chat.write("图")
    await chat.sees("一张图", ".in .text")
    await chat.until("return document.querySelector('img.photo')?.naturalWidth === 300")
    await chat.sees("表.csv", ".file")
    body = "return fetch(document.querySelector('.file').href).then((r) => r.text())"
    assert await chat.run(body) == "一,二\n"
    await chat.tap("img.photo")
    await chat.until("return document.querySelector('#lightbox').open")


async def test_a_new_message_does_not_pull_the_reader_down(chat: Phone, orchard: App) -> None:
    for number in range(20):
        await orchard.bot.send_message(1001, f"第 {number} 条\n\n。")
    await chat.sees("第 19 条", ".in .text")
    at_end = (
        "const l = document.getElementById('log'); return l.scrollHeight - l.scrollTop - l.clientHeight < 5"
    )
    await chat.until(at_end)  # else the page still scrolls there
    await chat.run("document.getElementById('log').scrollTop = 0")
    await chat.until("return !document.getElementById('down').hidden")
    await orchard.bot.send_message(1001, "新的一条")
    await chat.sees("1", "#unread")
    assert await chat.run("return document.getElementById('log').scrollTop") < 100
    await chat.tap("#down")
    await chat.until(at_end)
    await chat.until("return document.getElementById('down').hidden")


async def test_an_answer_is_in_sight_at_once(chat: Phone, orchard: App) -> None:
    """Also when it comes while the page still scrolls to the question."""
    for number in range(20):
        await orchard.bot.send_message(1001, f"第 {number} 条\n\n。")
    await chat.sees("第 19 条", ".in .text")
    await chat.write("苹果树，" * 60)
    await chat.sees("苹果树 1.2万棵", ".in strong")
    await chat.until(
        "const l = document.getElementById('log'); return l.scrollHeight - l.scrollTop - l.clientHeight < 5"
    )
    assert await chat.run("return document.getElementById('down').hidden")


async def test_the_page_comes_back_after_the_server_was_away(phone: Phone) -> None:
    """With the same port and all forgotten, it starts anew by itself."""
    async with Sandbox() as first:
        port = int(first.url.rpartition(":")[2])
        await phone.open(first.url)
        await first.user().say("/start")
        await phone.sees("/start", ".out .text")
    await phone.sees("连接中", "#status")
    async with Sandbox(port) as second:
        await phone.until("return !document.querySelector('#intro').hidden")
        await second.user().say("又来了")
        await phone.sees("又来了", ".out .text")


async def test_a_reload_shows_the_same_chat(chat: Phone, sandbox: Sandbox) -> None:
    await chat.write("苹果树")
    await chat.sees("苹果树 1.2万棵", ".in strong")
    await chat.open(sandbox.url)
    await chat.sees("苹果树 1.2万棵", ".in strong")


async def test_the_theme_can_be_turned(chat: Phone) -> None:
    colour = "return getComputedStyle(document.querySelector('.in .bubble')).backgroundColor"
    light = await chat.run(colour)
    await chat.tap("#theme")
    dark = await chat.run(colour)
    await chat.tap("#theme")
    assert light != dark
    assert await chat.run(colour) == light
