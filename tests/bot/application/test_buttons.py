from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.handlers import paging
from bot.ids import new_id
from bot.keyboards.answers import Press
from bot.log.database import read_entries, reading
from bot.messages import SIMPLIFIED
from retrieval.index import Index

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.sandbox.people import Message, Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

with_bot = pytest.mark.usefixtures("bot")


QUESTION = "公路什么时候通车"


def quoted(message: Message) -> list[str]:
    return [
        message.text[entity["offset"] : entity["offset"] + entity["length"]]
        for entity in message.entities
        if "blockquote" in entity["type"]
    ]


def press_inaccessible(sandbox: Sandbox, asker: Person, message: Message, button: str) -> None:
    """Press a button of a message that Telegram has no content of any more: its date is 0."""
    query = sandbox.world.ask(asker.user.id, message.chat)
    pressed = {
        "id": query.id,
        "from": asker.user.as_json(),
        "message": {"chat": message.chat.as_json(), "message_id": message.id, "date": 0},
        "chat_instance": str(message.chat.id),
        "data": message.button(button)["callback_data"],
    }
    sandbox.world.updates.put("callback_query", pressed)


def labels(message: Message) -> list[str]:
    rows = message.json.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


async def press(asker: Person, sandbox: Sandbox, message: Message, button: str) -> str:
    """Press, wait for what changes, and return the toast."""
    before = dict(message.json)
    said = await (await asker.press(message, button)).wait()
    await sandbox.until(lambda: message.json != before)
    return str(said["text"])


@with_bot
async def test_paging_in_place(asker: Person, sandbox: Sandbox) -> None:
    """Next and back again show the other results in the same message, and nothing is lost."""
    answer = await asker.ask(QUESTION)
    first = answer.text
    assert SIMPLIFIED.answers.previous not in labels(answer)
    await press(asker, sandbox, answer, SIMPLIFIED.answers.next)
    assert answer.text != first
    assert any(label.startswith("2/") for label in labels(answer))
    await press(asker, sandbox, answer, SIMPLIFIED.answers.previous)
    assert answer.text == first
    assert len(asker.replies) == 1


@with_bot
async def test_last_result_has_no_next(asker: Person, sandbox: Sandbox) -> None:
    """Paging ends with the last result."""
    answer = await asker.ask(QUESTION)
    while SIMPLIFIED.answers.next in labels(answer):
        await press(asker, sandbox, answer, SIMPLIFIED.answers.next)
    number, count = next(label for label in labels(answer) if "/" in label).split("/")
    assert number == count


async def test_copies_are_passed_over(
    settings: Settings,
    running: Callable[[], AbstractAsyncContextManager[None]],
    asker: Person,
    sandbox: Sandbox,
) -> None:
    """A paragraph that several articles have is one result that names them, and next goes past the copies."""
    road = (settings.documents / "road.md").read_text(encoding="utf-8")
    for number in range(2):
        copy = road.replace("title: 云岭县公路建设", f"title: 转载{number}")
        (settings.documents / f"copy{number}.md").write_text(copy, encoding="utf-8")
    Index(settings.snapshots).build(settings.documents)
    async with running():
        answer = await asker.ask("盘山公路有多少座隧道")
        seen = [answer.text]
        while SIMPLIFIED.answers.next in labels(answer):
            await press(asker, sandbox, answer, SIMPLIFIED.answers.next)
            seen.append(answer.text)
        assert f"{len(seen)}/{len(seen)}" in labels(answer)
        assert sum("公路上有隧道6座" in page for page in seen) == 1
        assert (
            sum("另见：" in seen[0] and name in seen[0] for name in ("云岭县公路建设", "转载0", "转载1")) == 3
        )
        for page in reversed(seen[:-1]):
            await press(asker, sandbox, answer, SIMPLIFIED.answers.previous)
            assert answer.text == page


async def test_a_list_is_shown_whole(
    settings: Settings,
    running: Callable[[], AbstractAsyncContextManager[None]],
    asker: Person,
    sandbox: Sandbox,
) -> None:
    """A list that was asked for is one result with all its items, on other pages and back again."""
    items = [
        "领取茶园补贴的农户要交以下材料：",
        "（一）申请表。",
        "（二）土地合同的复印件。",
        "（三）茶苗的购买凭证。",
    ]
    (settings.documents / "subsidy.md").write_text("# 茶园补贴\n\n" + "\n\n".join(items), encoding="utf-8")
    Index(settings.snapshots).build(settings.documents)
    async with running():
        answer = await asker.ask("领取茶园补贴要交哪些材料")
        first = answer.text
        assert "\n".join(items) in first
        while SIMPLIFIED.answers.next in labels(answer):
            await press(asker, sandbox, answer, SIMPLIFIED.answers.next)
            assert "申请表" not in answer.text
            assert "（二）" not in answer.text
        while SIMPLIFIED.answers.previous in labels(answer):
            await press(asker, sandbox, answer, SIMPLIFIED.answers.previous)
        assert answer.text == first


@with_bot
async def test_context_and_back(asker: Person, sandbox: Sandbox) -> None:
    """The context shows the paragraphs around, and back leads to the same result."""
    answer = await asker.ask("盘山公路有多少座隧道")
    first = answer.text
    await press(asker, sandbox, answer, SIMPLIFIED.answers.context)
    assert "盘山公路从县城通到北边的青石关" in answer.text
    assert "通车以后，从县城到青石关" in answer.text
    assert answer.buttons == [
        [SIMPLIFIED.answers.earlier_text, SIMPLIFIED.answers.later_text],
        [SIMPLIFIED.answers.back, SIMPLIFIED.answers.full_article],
    ]
    await press(asker, sandbox, answer, SIMPLIFIED.answers.back)
    assert answer.text == first


@with_bot
async def test_walking_through_the_article(asker: Person, sandbox: Sandbox) -> None:
    """Earlier and later text lead from paragraph to paragraph as far as the article goes, and back again."""
    answer = await asker.ask("公路上有多少座桥梁")
    first = answer.text
    await press(asker, sandbox, answer, SIMPLIFIED.answers.context)
    start = answer.text
    for _ in range(2):
        await press(asker, sandbox, answer, SIMPLIFIED.answers.later_text)
    assert quoted(answer) == ["养护由县公路段负责，冬天结冰时会在路口设卡，给过往车辆发放防滑链。"]
    assert SIMPLIFIED.answers.later_text not in labels(answer)
    while SIMPLIFIED.answers.earlier_text in labels(answer):
        await press(asker, sandbox, answer, SIMPLIFIED.answers.earlier_text)
    assert quoted(answer)[0].startswith("盘山公路从县城通到北边的青石关")
    await press(asker, sandbox, answer, SIMPLIFIED.answers.later_text)
    assert answer.text == start
    await press(asker, sandbox, answer, SIMPLIFIED.answers.back)
    assert answer.text == first


@with_bot
async def test_walking_beyond_the_article(asker: Person, sandbox: Sandbox) -> None:
    """A forged place outside of the article shows nothing."""
    answer = await asker.ask("公路上有多少座桥梁")
    data = str(answer.button(SIMPLIFIED.answers.context)["callback_data"])
    for shift in ("-2", "9", "-9999", "9999"):
        answer.json["reply_markup"]["inline_keyboard"][0][0]["callback_data"] = f"{data}:{shift}"
        said = await (await asker.press(answer, f"{data}:{shift}")).wait()
        assert said["text"] == SIMPLIFIED.answers.text_changed
    assert not sandbox.called("editMessageText")


@with_bot
async def test_full_article(asker: Person, sandbox: Sandbox, settings: Settings) -> None:
    """The whole article is sent as its own file, as a reply; one that has changed or is gone is not."""
    answer = await asker.ask("县图书馆藏书多少册")
    await asker.press(answer, SIMPLIFIED.answers.full_article)
    sent = await asker.next_reply()
    assert sent.json["document"]["file_name"] == "library.txt"
    assert sent.json["reply_to_message"]["message_id"] == answer.id
    file = settings.documents / "school" / "library.txt"
    assert sandbox.world.files[sent.json["document"]["file_id"]].data == file.read_bytes()
    file.write_text("云岭县图书馆又开馆了", encoding="utf-8")
    pressed = await asker.press(answer, SIMPLIFIED.answers.full_article)
    assert (await pressed.wait())["text"] == SIMPLIFIED.answers.article_changed
    file.unlink()
    pressed = await asker.press(answer, SIMPLIFIED.answers.full_article)
    assert (await pressed.wait())["text"] == SIMPLIFIED.answers.article_changed
    assert len(asker.replies) == 2


@with_bot
async def test_article_too_large(asker: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Telegram would not take is not sent, and that is said."""
    monkeypatch.setattr(paging, "LARGEST", 100)
    answer = await asker.ask("县图书馆藏书多少册")
    pressed = await asker.press(answer, SIMPLIFIED.answers.full_article)
    assert (await pressed.wait())["text"] == SIMPLIFIED.answers.article_too_large


@with_bot
async def test_copying_the_figure(asker: Person, sandbox: Sandbox) -> None:
    """A button copies the best figure shown, in the article's characters; a page without one has none."""
    answer = await asker.ask("2020年干茶产量多少吨")
    assert answer.button("3100吨")["copy_text"] == {"text": "3100吨"}
    taiwanese = sandbox.user(21, "阿明", "zh-hant")
    converted = await taiwanese.ask("2020年全縣茶葉產量多少噸")
    assert "3100噸" in converted.text
    assert converted.button("3100噸")["copy_text"] == {"text": "3100吨"}
    assert "copy_text" not in str((await asker.ask("儿童馆请谁来讲故事")).json["reply_markup"])


@with_bot
async def test_three_rows(asker: Person) -> None:
    """The keyboard is small enough for a phone: three rows at most, also with a suggestion."""
    answer = await asker.ask(QUESTION)
    paging_row, text, votes = answer.buttons
    assert paging_row[-1] == SIMPLIFIED.answers.next
    assert text == ["2022年10月18日", SIMPLIFIED.answers.context, SIMPLIFIED.answers.full_article]
    assert votes == ["👍", "👎"]
    assert len((await asker.ask("盘山公录有多少座隧道")).buttons) == 3


@with_bot
async def test_message_that_telegram_keeps_no_more(asker: Person, sandbox: Sandbox) -> None:
    """Under a message so old that Telegram tells only its id, the buttons do what they always do."""
    answer = await asker.ask("盘山公录有多少座隧道")
    whole = dict(answer.json)
    steps = [
        (SIMPLIFIED.answers.next, lambda: answer.text != whole["text"]),
        (SIMPLIFIED.answers.context, lambda: SIMPLIFIED.answers.back in labels(answer)),
        (SIMPLIFIED.answers.back, lambda: SIMPLIFIED.answers.previous in labels(answer)),
        (SIMPLIFIED.answers.previous, lambda: answer.text == whole["text"]),
    ]
    for button, done in steps:
        press_inaccessible(sandbox, asker, answer, button)
        await sandbox.until(done)
    press_inaccessible(sandbox, asker, answer, SIMPLIFIED.answers.ask_that)
    mended = await asker.next_reply()
    assert mended.text.startswith("按“盘山公路有多少座隧道”作答")
    press_inaccessible(sandbox, asker, answer, SIMPLIFIED.answers.full_article)
    assert (await asker.next_reply()).json["document"]["file_name"] == "road.md"


@with_bot
async def test_votes(asker: Person, sandbox: Sandbox) -> None:
    """A vote is thanked for, marked, and can be changed; it stays marked on other pages."""
    answer = await asker.ask(QUESTION)
    assert await press(asker, sandbox, answer, "👍") == SIMPLIFIED.feedback.thanks
    assert {"👍 ✓", "👎"} <= set(labels(answer))
    await press(asker, sandbox, answer, "👎")
    await press(asker, sandbox, answer, SIMPLIFIED.answers.back)
    assert {"👍", "👎 ✓"} <= set(labels(answer))
    await press(asker, sandbox, answer, SIMPLIFIED.answers.next)
    assert {"👍", "👎 ✓"} <= set(labels(answer))


async def test_a_vote_is_on_the_page_it_stands_under(
    settings: Settings,
    running: Callable[[], AbstractAsyncContextManager[None]],
    asker: Person,
    sandbox: Sandbox,
) -> None:
    """The log knows which result a vote is on."""
    async with running():
        answer = await asker.ask(QUESTION)
        await press(asker, sandbox, answer, SIMPLIFIED.answers.next)
        voted = Press.parse(str(answer.button("👍")["callback_data"]))
        await press(asker, sandbox, answer, "👍")
    with reading(settings.query_log) as log:
        [entry] = read_entries(log)
    assert voted is not None
    assert voted.rank > 0
    assert [(vote.rank, vote.verdict) for vote in entry.votes] == [(voted.rank, "up")]


async def test_after_a_restart(
    running: Callable[[], AbstractAsyncContextManager[None]], asker: Person, sandbox: Sandbox
) -> None:
    """Buttons of an answer that was given before a restart still work."""
    async with running():
        answer = await asker.ask(QUESTION)
        first = answer.text
    async with running():
        await press(asker, sandbox, answer, SIMPLIFIED.answers.next)
        await press(asker, sandbox, answer, SIMPLIFIED.answers.previous)
        assert answer.text == first
        await press(asker, sandbox, answer, SIMPLIFIED.answers.context)
        await press(asker, sandbox, answer, SIMPLIFIED.answers.back)
        await press(asker, sandbox, answer, "👍")
        assert "👍 ✓" in labels(answer)


@with_bot
async def test_double_tap(asker: Person, sandbox: Sandbox) -> None:
    """Tapping twice does what tapping once does, and is no error."""
    answer = await asker.ask(QUESTION)
    taps = [await asker.press(answer, SIMPLIFIED.answers.next) for _ in range(2)]
    for tap in taps:
        assert not (await tap.wait())["text"]
    await sandbox.until(lambda: len(sandbox.called("editMessageText")) == 2)
    assert any(label.startswith("2/") for label in labels(answer))
    assert len(asker.replies) == 1


@with_bot
async def test_counter_does_nothing(asker: Person, sandbox: Sandbox) -> None:
    """The counter between the buttons answers its press and changes nothing."""
    answer = await asker.ask(QUESTION)
    await (await asker.press(answer, next(label for label in labels(answer) if "/" in label))).wait()
    assert not sandbox.called("editMessageText")


@with_bot
async def test_gone(asker: Person) -> None:
    """A button whose row is not in the log any more says so."""
    answer = await asker.ask(QUESTION)
    buttons = answer.json["reply_markup"]["inline_keyboard"]
    for row in buttons:
        for button in row:
            button["callback_data"] = str(Press("page", new_id(), 0))
    said = await (await asker.press(answer, SIMPLIFIED.answers.next)).wait()
    assert said["text"] == SIMPLIFIED.answers.gone


@with_bot
async def test_forged_data(asker: Person, sandbox: Sandbox) -> None:
    """Data that no button of ours holds, or another chat's row, reveals nothing."""
    other = sandbox.user(31, "旁人")
    foreign = (await other.ask(QUESTION)).button(SIMPLIFIED.answers.context)["callback_data"]
    own = str(foreign).split(":")[1]
    answer = await asker.ask("图书馆藏书多少册")
    for data in (
        "page",
        f"page:{own}:0",
        f"context:{own}:0",
        f"full:{own}:0",
        f"up:{own}:0",
        f"page:{own}:99",
        "logs:x:1",
        "旧",
    ):
        answer.json["reply_markup"]["inline_keyboard"][0][0]["callback_data"] = data
        said = await (await asker.press(answer, data)).wait()
        assert said["text"] == SIMPLIFIED.answers.gone, data
    assert not sandbox.called("editMessageText")


@with_bot
async def test_group_votes_are_counted(asker: Person, sandbox: Sandbox) -> None:
    """Where several people vote alike, their number is shown."""
    other = sandbox.user(31, "同事")
    group = sandbox.group("课题组", asker, other)
    answer = await asker.ask(f"/ask {QUESTION}", chat=group)
    await press(asker, sandbox, answer, "👍")
    await press(other, sandbox, answer, "👍 ✓")
    assert "👍 2" in labels(answer)


def test_callback_data_is_short() -> None:
    """The longest data of each kind fits Telegram's 64 bytes and reads back as what was written."""
    press = Press("context", new_id(), 99, -9999)
    assert len(str(press).encode()) <= 64
    assert Press.parse(str(press)) == press
