from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.buttons import LogsPage, Press
from bot.log_database import read_entries, reading
from bot.messages import SIMPLIFIED
from bot.query_log import new_id
from retrieval.index import Index

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.sandbox.people import Message, Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

with_bot = pytest.mark.usefixtures("bot")


QUESTION = "全县茶园面积多少亩"


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
    assert labels(answer) == [SIMPLIFIED.answers.back]
    await press(asker, sandbox, answer, SIMPLIFIED.answers.back)
    assert answer.text == first


@with_bot
async def test_votes(asker: Person, sandbox: Sandbox) -> None:
    """A vote is thanked for, marked, and can be changed; it stays marked on other pages."""
    answer = await asker.ask(QUESTION)
    assert await press(asker, sandbox, answer, "👍") == SIMPLIFIED.feedback.thanks
    assert {"👍 ✓", "👎"} <= set(labels(answer))
    await press(asker, sandbox, answer, "👎")
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
    foreign = (await other.ask(QUESTION)).json["reply_markup"]["inline_keyboard"][1][0]["callback_data"]
    own = str(foreign).split(":")[1]
    answer = await asker.ask("图书馆藏书多少册")
    for data in (
        "page",
        f"page:{own}:0",
        f"context:{own}:0",
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
    press = Press("context", new_id(), 99)
    page = LogsPage(999_999_999, unanswered=True)
    assert len(str(press).encode()) <= 64
    assert len(str(page).encode()) <= 64
    assert Press.parse(str(press)) == press
    assert LogsPage.parse(str(page)) == page
