"""The updates a bot gets: long polling, privacy in groups, queries, and faults on order."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

import httpx
import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeChat,
    BotCommandScopeChatAdministrators,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    Update,
)
from telegram.error import (
    BadRequest,
    Conflict,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.sandbox.server import SANDBOX_ADMIN_ID, Sandbox

if TYPE_CHECKING:
    from bot.sandbox.people import Conversation, Person

KEYS = InlineKeyboardMarkup.from_button(InlineKeyboardButton("👍", callback_data="good"))


async def test_updates_come_until_they_are_confirmed(api: Bot, sandbox: Sandbox) -> None:
    """The next offset confirms; until then a crash of the bot loses nothing."""
    asker = sandbox.user(7)
    for text in ("一", "二", "三"):
        await asker.say(text)
    first = await api.get_updates(limit=2)
    assert [update.message.text for update in first if update.message] == ["一", "二"]
    assert len(await api.get_updates()) == 3
    (last,) = await api.get_updates(offset=first[-1].update_id + 1)
    assert last.update_id == first[-1].update_id + 1
    assert await api.get_updates(offset=last.update_id + 1) == ()


async def test_a_negative_offset_keeps_only_the_last_updates(api: Bot, sandbox: Sandbox) -> None:
    for text in ("一", "二", "三"):
        await sandbox.user(7).say(text)
    (last,) = await api.get_updates(offset=-1)
    assert last.message is not None
    assert last.message.text == "三"


async def test_an_update_can_come_twice(api: Bot, sandbox: Sandbox) -> None:
    """Under its own id, as when a confirmation was lost on the way."""
    await sandbox.user(7).say("一")
    (update,) = await api.get_updates()
    assert await api.get_updates(offset=update.update_id + 1) == ()
    polling = asyncio.create_task(api.get_updates(offset=update.update_id + 1, timeout=5))
    await asyncio.sleep(0.1)
    sandbox.world.updates.repeat(update.to_dict())
    (again,) = await polling
    assert again.update_id == update.update_id


async def test_a_long_poll_returns_as_soon_as_there_is_an_update(api: Bot, sandbox: Sandbox) -> None:
    polling = asyncio.create_task(api.get_updates(timeout=5))
    await asyncio.sleep(0.1)
    begin = time.monotonic()
    await sandbox.user(7).say("一")
    (update,) = await polling
    assert update.message is not None
    assert time.monotonic() - begin < 1


async def test_the_newest_poller_wins(api: Bot, sandbox: Sandbox) -> None:
    """The older one gets 409, as when two instances of a bot run."""
    older = asyncio.create_task(api.get_updates(timeout=5))
    await asyncio.sleep(0.1)
    newer = asyncio.create_task(api.get_updates(timeout=5))
    with pytest.raises(Conflict, match="only one bot instance"):
        await older
    await sandbox.user(7).say("一")
    assert len(await newer) == 1


async def test_a_poller_that_hung_up_gets_nothing(api: Bot, sandbox: Sandbox) -> None:
    """No call is recorded for it, and the next one gets its updates without a conflict."""
    polling = asyncio.create_task(api.get_updates(timeout=5))
    await asyncio.sleep(0.1)
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)
    await asyncio.sleep(0.1)
    await sandbox.user(7).say("一")
    assert len(await api.get_updates(timeout=1)) == 1
    assert [call.status for call in sandbox.called("getUpdates")] == [200]


async def test_only_the_kinds_asked_for_are_queued(api: Bot, sandbox: Sandbox) -> None:
    await api.get_updates(allowed_updates=[Update.CALLBACK_QUERY])
    await sandbox.user(7).say("一")
    reply = await api.send_message(7, "二", reply_markup=KEYS)
    await sandbox.user(7).press(await sandbox.user(7).next_reply(), "👍")
    (update,) = await api.get_updates()
    assert update.callback_query is not None
    assert update.callback_query.data == "good"
    assert update.callback_query.message is not None
    assert update.callback_query.message.message_id == reply.message_id


async def test_a_webhook_stops_polling(api: Bot, sandbox: Sandbox) -> None:
    await api.set_webhook("https://example.org/hook")
    assert (await api.get_webhook_info()).url == "https://example.org/hook"
    with pytest.raises(Conflict, match="webhook is active"):
        await api.get_updates()
    await sandbox.user(7).say("一")
    await api.delete_webhook(drop_pending_updates=True)
    assert await api.get_updates() == ()


async def test_an_edit_of_a_question_is_an_update(api: Bot, sandbox: Sandbox) -> None:
    asker = sandbox.user(7)
    await asker.edit(await asker.say("一"), "二")
    _, edited = await api.get_updates()
    assert edited.edited_message is not None
    assert edited.edited_message.text == "二"


async def test_a_group_hears_the_bot_but_it_hears_only_what_is_meant_for_it(
    api: Bot, sandbox: Sandbox
) -> None:
    """Privacy mode lets commands, mentions and replies to the bot through, and nothing else."""
    owner, other = sandbox.user(7, name="甲"), sandbox.user(8, name="乙")
    group = sandbox.group("果园", owner, other)
    said = await api.send_message(group.id, "大家好")
    heard = await group.next_reply()
    assert heard.id == said.message_id
    await owner.say("今天天气好", group)
    await owner.say("/ask 有多少", group)
    await owner.say(f"/ask@{sandbox.bot.username} 有多少", group)
    await owner.say("/ask@another_bot 有多少", group)
    await other.say(f"请问 @{sandbox.bot.username} 有多少", group)
    await other.say("那是多少", group, reply_to=heard)
    updates = await api.get_updates()
    assert updates[0].my_chat_member is not None
    assert [update.message.text for update in updates if update.message] == [
        "/ask 有多少",
        "/ask@wenju_sandbox_bot 有多少",
        "请问 @wenju_sandbox_bot 有多少",
        "那是多少",
    ]
    assert await api.get_chat_member_count(group.id) == 3
    assert (await api.get_chat_member(group.id, 7)).status == "creator"
    assert [member.user.id for member in await api.get_chat_administrators(group.id)] == [7]


async def test_an_administrator_bot_hears_all(api: Bot, sandbox: Sandbox) -> None:
    owner = sandbox.user(7)
    group = sandbox.group("果园", owner)
    owner.change_bot_status(group, "administrator")
    await owner.say("今天天气好", group)
    assert (await api.get_updates())[-1].message is not None
    owner.change_bot_status(group, "kicked")
    with pytest.raises(TelegramError, match="bot was kicked from the supergroup chat"):
        await api.send_message(group.id, "再见")


async def test_a_press_waits_for_its_answer_and_takes_one(api: Bot, sandbox: Sandbox) -> None:
    """A second answer, and one to an unknown query, is too old."""
    asker = sandbox.user(7)
    await asker.say("/start")
    await api.send_message(7, "二", reply_markup=KEYS)
    asked = await asker.next_reply()
    press = await asker.press(asked, "good")
    query = (await api.get_updates())[-1].callback_query
    assert query is not None
    assert not press.given
    with pytest.raises(BadRequest, match="Message_too_long"):
        await query.answer("长" * 201)
    await query.answer("谢谢", show_alert=True)
    answer = await press.wait()
    assert (answer["text"], answer["show_alert"]) == ("谢谢", True)
    with pytest.raises(BadRequest, match="Query is too old and response timeout expired"):
        await query.answer("谢谢")
    with pytest.raises(LookupError, match="没有"):
        await asker.press(asked, "没有")


async def test_a_press_can_be_forged(api: Bot, sandbox: Sandbox) -> None:
    """By anyone, with data that stands on no button: Telegram does not check it."""
    asker, stranger = sandbox.user(7), sandbox.user(8)
    await asker.say("/start")
    await api.send_message(7, "二", reply_markup=KEYS)
    await stranger.forge(await asker.next_reply(), "admin")
    query = (await api.get_updates())[-1].callback_query
    assert query is not None
    assert (query.from_user.id, query.data) == (8, "admin")


async def test_an_inline_query_gets_its_results(api: Bot, sandbox: Sandbox) -> None:
    """Fifty results at most, each under its own id, and each text must be sendable."""

    def article(key: str, text: str = "<b>梨</b>") -> InlineQueryResultArticle:
        return InlineQueryResultArticle(key, "梨树", InputTextMessageContent(text, parse_mode="HTML"))

    asked = await sandbox.user(7).inline("梨树")
    query = (await api.get_updates())[-1].inline_query
    assert query is not None
    for wrong, reason in (
        ([article("1"), article("1")], "Result_id_duplicate"),
        ([article("1", "<b>梨")], "Can't parse entities"),
        ([article("长" * 22)], "Result_id_invalid"),
    ):
        with pytest.raises(BadRequest, match=reason):
            await query.answer(wrong)
    with pytest.raises(BadRequest, match="Results_too_much"):
        await api.answer_inline_query(query.id, [article(str(n)) for n in range(51)])
    await query.answer([article("1")], next_offset="1")
    answer = await asked.wait()
    assert [result["title"] for result in answer["results"]] == ["梨树"]
    assert answer["next_offset"] == "1"


async def test_the_narrowest_command_list_is_shown(api: Bot, sandbox: Sandbox) -> None:
    """Scope first, then language; a scope of a chat the bot does not know is refused."""
    asker, admin = sandbox.user(7, language="zh-hans"), sandbox.user(SANDBOX_ADMIN_ID, language="en")
    group = sandbox.group("果园", admin, asker)

    def shown(person: Person, place: Conversation) -> list[str]:
        return [row["command"] for row in sandbox.world.commands_for(person.user, place.chat)]

    await api.set_my_commands([BotCommand("ask", "提问")])
    await api.set_my_commands([BotCommand("query", "Ask")], language_code="en")
    assert (shown(asker, asker), shown(admin, admin)) == (["ask"], ["query"])
    await api.set_my_commands([BotCommand("reindex", "重建")], scope=BotCommandScopeChat(admin.id))
    await api.set_my_commands([BotCommand("here", "此处")], scope=BotCommandScopeAllGroupChats())
    await api.set_my_commands([BotCommand("rule", "管理")], scope=BotCommandScopeChatAdministrators(group.id))
    assert (shown(admin, admin), shown(asker, group), shown(admin, group)) == (
        ["reindex"],
        ["here"],
        ["rule"],
    )
    with pytest.raises(BadRequest, match="Chat not found"):
        await api.set_my_commands([BotCommand("x", "一")], scope=BotCommandScopeChat(999))
    with pytest.raises(BadRequest, match="Bot_command_invalid"):
        await api.set_my_commands([("Ask", "提问")])
    await api.delete_my_commands(scope=BotCommandScopeChat(admin.id))
    assert shown(admin, admin) == ["query"]


async def test_a_wrong_token_and_an_unknown_method_are_refused(sandbox: Sandbox) -> None:
    async with httpx.AsyncClient() as client:
        wrong = await client.get(f"{sandbox.url}/bot1:wrong/getMe")
        unknown = await client.post(f"{sandbox.url}/bot1000000:sandbox/sendPigeon")
    assert (wrong.status_code, wrong.json()["description"]) == (401, "Unauthorized")
    assert (unknown.status_code, unknown.json()["description"]) == (404, "Not Found")


async def test_python_telegram_bot_sees_a_wrong_token_as_invalid(sandbox: Sandbox) -> None:
    bot = Bot("1:wrong", f"{sandbox.url}/bot")
    with pytest.raises(InvalidToken):
        await bot.initialize()
    await bot.shutdown()


async def test_parameters_may_come_as_json_form_or_query(sandbox: Sandbox) -> None:
    await sandbox.user(7).say("/start")
    url = f"{sandbox.url}/bot1000000:sandbox/sendMessage"
    polled = f"{sandbox.url}/bot1000000:sandbox/getUpdates?timeout=1"
    async with httpx.AsyncClient() as client:
        updates = (await client.post(polled)).json()["result"]
        offset = updates[-1]["update_id"] + 1
        assert (await client.get(f"{polled}&offset={offset}")).json()["result"] == []
        for request in (
            {"json": {"chat_id": 7, "text": "一"}},
            {"data": {"chat_id": "7", "text": "一"}},
            {"params": {"chat_id": "7", "text": "一"}},
            {"data": {"chat_id": "7", "text": "一"}, "files": {"x": ("x", b"x")}},
        ):
            assert (await client.post(url, **request)).json()["ok"]
        assert (
            await client.post(url, content=b"{", headers={"content-type": "application/json"})
        ).status_code == 400
        assert (
            await client.post(url, data={"chat_id": "7", "text": "一", "reply_markup": "{"})
        ).status_code == 400
        assert (await client.post(url, data={"text": "一"})).json()[
            "description"
        ] == "Bad Request: chat_id is empty"


async def test_faults_come_when_ordered(api: Bot, sandbox: Sandbox) -> None:
    """A failure, a cut before and a cut after the effect, a late answer; then all is well again."""
    asker = sandbox.user(7)
    await asker.say("/start")
    sandbox.fail_next("sendMessage", 502, "Bad Gateway")
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await api.send_message(7, "一")
    sandbox.drop_next("sendMessage")
    with pytest.raises(NetworkError):
        await api.send_message(7, "二")
    assert asker.replies == []
    sandbox.drop_next("sendMessage", after=True)
    with pytest.raises(NetworkError):
        await api.send_message(7, "三")
    sandbox.delay_next("sendMessage", 0.5, after=True)
    with pytest.raises(TimedOut):
        await api.send_message(7, "四", read_timeout=0.1)
    await api.send_message(7, "五")
    assert [reply.text for reply in asker.replies] == ["三", "四", "五"]
    sandbox.fail_next("*", 500, "Internal Server Error", times=9)
    sandbox.heal()
    await api.get_me()
    assert [call.status for call in sandbox.called("sendMessage")][:3] == [502, 0, 0]


async def test_faults_come_at_a_rate(api: Bot, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the sendings, a part has no effect and a part is not heard of; the other calls do not fail."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # else it warns of the type of `retry_after` to come
    asker = sandbox.user(7)
    await asker.say("/start")
    sandbox.fail_randomly(sends=0.4, unheard=0.2, polls=0.5, seed=7)
    sent = list[str]()
    for number in range(100):
        await api.get_me()
        with contextlib.suppress(NetworkError, RetryAfter):
            sent.append(str((await api.send_message(7, str(number))).text))
    unheard = [reply.text for reply in asker.replies if (7, reply.id) in sandbox.unheard]
    assert sorted(unheard + sent) == sorted(reply.text for reply in asker.replies)
    assert 20 <= 100 - len(sent) - len(unheard) <= 45  # a delay, a fifth of the faults, does no harm
    assert 10 <= len(unheard) <= 30
    assert {call.status for call in sandbox.called("sendMessage")} == {200, 0, 429, 500, 502}
    assert {call.status for call in sandbox.called("getMe")} == {200}
    for _ in range(20):
        with contextlib.suppress(NetworkError, RetryAfter):
            await api.get_updates()
    assert {call.status for call in sandbox.called("getUpdates")} > {200}
    sandbox.heal()
    await asyncio.gather(*(api.send_message(7, "好") for _ in range(20)))


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1"])
def test_the_sandbox_serves_this_machine_only(host: str) -> None:
    with pytest.raises(ValueError, match="loopback"):
        Sandbox(host=host)


async def test_a_taken_port_is_an_error_at_once(sandbox: Sandbox) -> None:
    with pytest.raises(OSError, match="in use"):
        async with Sandbox(int(sandbox.url.rpartition(":")[2])):
            pass


async def test_people_say_only_what_telegram_lets_them_say(sandbox: Sandbox) -> None:
    asker, stranger = sandbox.user(7), sandbox.user(8)
    for text in ("", "长" * 4097):
        with pytest.raises(ValueError, match="4096"):
            await asker.say(text)
    with pytest.raises(ValueError, match="not in"):
        await stranger.say("我", sandbox.group("果园", asker))


async def test_waiting_ends_when_the_bot_says_nothing(sandbox: Sandbox) -> None:
    with pytest.raises(TimeoutError):
        await sandbox.user(7).next_reply(timeout=0.05)


async def test_what_no_answer_could_carry_is_refused(sandbox: Sandbox) -> None:
    """A lone surrogate, escaped in JSON, would break every later answer that holds it."""
    await sandbox.user(7).say("/start")
    broken = b'{"chat_id": 7, "tab": "user", "text": "\\ud800"}'
    kind = {"content-type": "application/json"}
    async with httpx.AsyncClient(base_url=sandbox.url) as client:
        sent = await client.post("/bot1000000:sandbox/sendMessage", content=broken, headers=kind)
        said = await client.post("/api/say", content=broken, headers=kind)
    assert (sent.status_code, said.status_code) == (400, 400)


async def test_people_may_say_more_than_a_hundred_marked_words(sandbox: Sandbox) -> None:
    """Telegram keeps the first hundred entities of a person's message."""
    assert len((await sandbox.user(7).say("#果 " * 500)).entities) == 100
