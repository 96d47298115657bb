from __future__ import annotations

import asyncio
import fcntl
import shutil
from typing import TYPE_CHECKING

import pytest

from bot.ids import new_id
from bot.keyboards.curation import ChoicePress, PinPress, PinsPage
from bot.log.database import Filter, read_entries, reading
from bot.messages import ENGLISH, SIMPLIFIED, TRADITIONAL
from bot.state.curation import Curation
from bot.state.curation_prompts import Origin
from bot.state.database import StateDatabase
from retrieval.index import Index

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.log.entry import Entry
    from bot.messages import Words
    from bot.sandbox.people import Conversation, Message, Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

with_bot = pytest.mark.usefixtures("bot")

TEXTS = SIMPLIFIED.curation
QUESTION = "茶叶往哪些城市卖"
SALES = "茶叶主要卖到广州、上海和西安"
UNANSWERED = "孩子们什么时候能听故事"
STORIES = "儿童馆每周六请退休教师来讲故事"


async def press(person: Person, sandbox: Sandbox, message: Message, button: str) -> str:
    """Press, wait for what changes, and return the toast."""
    before = dict(message.json)
    said = await (await person.press(message, button)).wait()
    await sandbox.until(lambda: message.json != before)
    return str(said["text"])


async def forge(person: Person, message: Message, data: object) -> str:
    return str((await (await person.forge(message, str(data))).wait())["text"])


async def offered(admin: Person, answer: Message, group: Conversation | None = None) -> Message:
    """Reply to an answer with /pin; return what is on offer."""
    while True:
        await admin.say("/pin", chat=group, reply_to=answer)
        offer = await (group or admin).next_reply()
        if offer.text != TEXTS.pin_how:  # where an answer stands is logged a moment after it arrives
            return offer


def number_of(offer: Message, words: str) -> str:
    """Return the number of the paragraph on offer that begins so."""
    [place] = [lines for lines in offer.text.split("\n\n") if words[:10] in lines]
    return place.split(".")[0]


async def pinned(admin: Person, sandbox: Sandbox, question: str = QUESTION, words: str = SALES) -> Message:
    """Pin the paragraph that begins so for a question; return the message that shows the pin."""
    offer = await offered(admin, await admin.ask(question))
    await press(admin, sandbox, offer, number_of(offer, words))
    await press(admin, sandbox, offer, TEXTS.take)
    return offer


async def logged(settings: Settings, question: str) -> Entry:
    """Return the row of a question, which is written in the background."""
    for _ in range(50):
        with reading(settings.query_log) as log:
            for entry in read_entries(log, Filter(word=question)):
                return entry
        await asyncio.sleep(0.1)
    raise LookupError(question)


@pytest.fixture(autouse=True)
def _sees_everything(sandbox: Sandbox) -> None:
    """Let the bot see all of a group: that it does not is what an admin would be told meanwhile."""
    sandbox.privacy = False


@with_bot
async def test_choosing(admin: Person, asker: Person, sandbox: Sandbox) -> None:
    """An admin chooses among an answer's paragraphs, reading it whole; then it comes first, marked."""
    answer = await admin.ask(QUESTION)
    offer = await offered(admin, answer)
    assert QUESTION in offer.text
    assert TEXTS.choose in offer.text
    number = number_of(offer, SALES)
    await press(admin, sandbox, offer, number)
    assert "网上的销售额第一次超过门店" in offer.text
    assert "📄 云岭县茶业报告 · 销路" in offer.text
    await press(admin, sandbox, offer, TEXTS.back)
    assert TEXTS.choose in offer.text
    await press(admin, sandbox, offer, number)
    assert await press(admin, sandbox, offer, TEXTS.take) == TEXTS.taken
    assert offer.text.startswith(f"📌 {QUESTION}")
    found = await asker.ask("请问茶叶往哪些城市卖呢？")
    assert SALES in found.text
    assert found.text.splitlines()[-1] == TEXTS.checked


@with_bot
async def test_unanswered(admin: Person, asker: Person, sandbox: Sandbox, settings: Settings) -> None:
    """A question that retrieval refuses is answered once an admin has found its paragraph by other words."""
    answer = await asker.ask(UNANSWERED)
    assert SIMPLIFIED.answers.not_found in answer.text
    row = await logged(settings, UNANSWERED)
    listing = await admin.ask("/logs")
    await admin.forge(listing, str(ChoicePress("offer", Origin("log", row.id))))
    offer = await admin.next_reply()
    await (await admin.press(offer, TEXTS.search)).wait()
    prompt = await admin.next_reply()
    assert prompt.text == TEXTS.search_prompt
    assert prompt.markup["force_reply"]
    await admin.say("儿童馆讲故事", reply_to=prompt)
    found = await admin.next_reply()
    assert UNANSWERED in found.text
    await press(admin, sandbox, found, number_of(found, "图书馆里设有盲文阅览室"))
    await press(admin, sandbox, found, TEXTS.take)
    answer = await asker.ask(f"{UNANSWERED}？")
    assert STORIES in answer.text
    assert TEXTS.checked in answer.text


@with_bot
async def test_from_a_log_row(admin: Person, asker: Person, sandbox: Sandbox) -> None:
    """The row of a question in the log leads to its paragraphs, which come in a message of their own."""
    await asker.ask(QUESTION)
    listing = await admin.ask("/logs")
    await press(admin, sandbox, listing, "1")
    shown = listing.text
    await (await admin.press(listing, TEXTS.pin)).wait()
    offer = await admin.next_reply()
    assert listing.text == shown
    await press(admin, sandbox, offer, number_of(offer, SALES))
    await press(admin, sandbox, offer, TEXTS.take)
    assert TEXTS.checked in (await asker.ask(QUESTION)).text


@with_bot
async def test_another_year_is_another_question(admin: Person, asker: Person, sandbox: Sandbox) -> None:
    """What was pinned for one year is never given for another."""
    await pinned(admin, sandbox, "2020年干茶产量多少吨", "全县茶园面积")
    assert TEXTS.checked in (await asker.ask("2020年的干茶产量是多少吨")).text
    assert TEXTS.checked not in (await asker.ask("2019年的干茶产量是多少吨")).text


@with_bot
async def test_a_follow_up_is_pinned_as_it_was_read(admin: Person, asker: Person, sandbox: Sandbox) -> None:
    """A question that follows another one is pinned in its completed form."""
    await admin.ask("2020年干茶产量多少吨")
    offer = await offered(admin, await admin.ask("那2019年呢？"))
    assert "2019年干茶产量" in offer.text
    await press(admin, sandbox, offer, "1")
    await press(admin, sandbox, offer, TEXTS.take)
    assert TEXTS.checked in (await asker.ask("2019年干茶产量多少吨")).text


@with_bot
async def test_pin_without_an_answer(admin: Person) -> None:
    """`/pin` that replies to no answer says how it is meant."""
    assert (await admin.ask("/pin")).text == TEXTS.pin_how
    help_text = await admin.ask("/help")
    await admin.say("/pin", reply_to=help_text)
    assert (await admin.next_reply()).text == TEXTS.pin_how


@with_bot
async def test_list(admin: Person, sandbox: Sandbox) -> None:
    """The list names question and paragraph, newest first; a tap shows one whole, and back again."""
    assert (await admin.ask("/curated")).text == TEXTS.empty
    await pinned(admin, sandbox)
    await pinned(admin, sandbox, "盘山公路有几座隧道", "公路上有隧道6座")
    listing = await admin.ask("/curated")
    first, second = listing.text.split("\n\n")[1:]
    assert first.startswith("1. 盘山公路有几座隧道\n✔ 云岭县公路建设 · 公路上有隧道6座")
    assert second.startswith(f"2. {QUESTION}\n✔ 云岭县茶业报告")
    await press(admin, sandbox, listing, "2")
    assert f"📌 {QUESTION}" in listing.text
    assert "网上的销售额第一次超过门店" in listing.text
    assert TEXTS.since.split("{", maxsplit=1)[0] in listing.text
    await press(admin, sandbox, listing, TEXTS.all)
    assert listing.text.startswith(TEXTS.title.format(count=2))


async def test_long_list(
    running: Callable[[], AbstractAsyncContextManager[None]],
    settings: Settings,
    admin: Person,
    sandbox: Sandbox,
) -> None:
    """A long list has pages, and a pin shown from one leads back to it."""
    state = StateDatabase.open(settings.state)
    curation, paragraph = Curation(state), Index(settings.snapshots).current().at(0)[0]
    for year in range(2001, 2010):
        curation.pin(f"{year}年隧道几座", paragraph)
    state.close()
    async with running():
        listing = await admin.ask("/curated")
        assert "1. 2009年隧道几座" in listing.text
        await press(admin, sandbox, listing, SIMPLIFIED.conversation.next_page)
        assert "9. 2001年隧道几座" in listing.text
        await press(admin, sandbox, listing, "9")
        assert "📌 2001年隧道几座" in listing.text
        await press(admin, sandbox, listing, TEXTS.all)
        assert "9. 2001年隧道几座" in listing.text
        await press(admin, sandbox, listing, SIMPLIFIED.conversation.previous_page)
        assert "1. 2009年隧道几座" in listing.text


@with_bot
async def test_rewording(admin: Person, asker: Person, sandbox: Sandbox) -> None:
    """The question of a pin is changed by a reply; then it is found by the new one only."""
    pin = await pinned(admin, sandbox)
    await (await admin.press(pin, TEXTS.reword)).wait()
    prompt = await admin.next_reply()
    assert QUESTION in prompt.text
    assert prompt.markup["force_reply"]
    await admin.say("？？", reply_to=prompt)
    assert (await admin.next_reply()).text == TEXTS.no_question
    await admin.say("直营店开在什么城市", reply_to=prompt)
    assert "📌 直营店开在什么城市" in (await admin.next_reply()).text
    assert TEXTS.checked in (await asker.ask("请问直营店开在什么城市")).text
    assert TEXTS.checked not in (await asker.ask(QUESTION)).text


@with_bot
async def test_a_question_that_is_pinned_already(admin: Person, sandbox: Sandbox) -> None:
    """A pin does not get the question of another one."""
    await pinned(admin, sandbox, "盘山公路有几座隧道", "公路上有隧道6座")
    pin = await pinned(admin, sandbox)
    await (await admin.press(pin, TEXTS.reword)).wait()
    await admin.say("请问盘山公路有几座隧道？", reply_to=await admin.next_reply())
    assert (await admin.next_reply()).text == TEXTS.same_question


@with_bot
async def test_another_paragraph(admin: Person, asker: Person, sandbox: Sandbox) -> None:
    """A pin gets another paragraph, found by other words too; the way back leads to the pin."""
    pin = await pinned(admin, sandbox)
    await press(admin, sandbox, pin, TEXTS.other_paragraph)
    await press(admin, sandbox, pin, TEXTS.back)
    assert SALES in pin.text
    await press(admin, sandbox, pin, TEXTS.other_paragraph)
    await (await admin.press(pin, TEXTS.search)).wait()
    await admin.say("隧道桥梁几座", reply_to=await admin.next_reply())
    found = await admin.next_reply()
    await press(admin, sandbox, found, number_of(found, "公路上有隧道6座"))
    await press(admin, sandbox, found, TEXTS.take)
    assert f"📌 {QUESTION}" in found.text
    answer = await asker.ask(QUESTION)
    assert "公路上有隧道6座" in answer.text
    assert TEXTS.checked in answer.text
    assert TEXTS.title.format(count=1) in (await admin.ask("/curated")).text


@with_bot
async def test_removal(admin: Person, asker: Person, sandbox: Sandbox) -> None:
    """A pin is removed after a question whether to; then the search answers again."""
    pin = await pinned(admin, sandbox)
    await press(admin, sandbox, pin, TEXTS.remove)
    assert TEXTS.remove_ask in pin.text
    await press(admin, sandbox, pin, TEXTS.cancel)
    assert SALES in pin.text
    await press(admin, sandbox, pin, TEXTS.remove)
    assert await press(admin, sandbox, pin, TEXTS.remove) == TEXTS.removed
    assert pin.text == TEXTS.empty
    assert TEXTS.checked not in (await asker.ask(QUESTION)).text


async def test_after_a_restart(
    running: Callable[[], AbstractAsyncContextManager[None]], admin: Person, asker: Person, sandbox: Sandbox
) -> None:
    """Pins, and each step on the way to one, outlive a restart."""
    async with running():
        answer = await admin.ask(QUESTION)
    async with running():
        offer = await offered(admin, answer)
        await (await admin.press(offer, TEXTS.search)).wait()
        prompt = await admin.next_reply()
    async with running():
        await admin.say("茶叶卖到广州和上海", reply_to=prompt)
        found = await admin.next_reply()
    async with running():
        await press(admin, sandbox, found, number_of(found, SALES))
        await press(admin, sandbox, found, TEXTS.take)
    async with running():
        assert TEXTS.checked in (await asker.ask(QUESTION)).text
        await press(admin, sandbox, found, TEXTS.remove)


async def test_kept_over_a_reindex(
    running: Callable[[], AbstractAsyncContextManager[None]],
    settings: Settings,
    admin: Person,
    asker: Person,
    sandbox: Sandbox,
) -> None:
    """A renamed file keeps its pins; where the text was edited the search answers, and the list says so."""
    async with running():
        pin = await pinned(admin, sandbox)
    article = settings.documents / "tea.md"
    renamed = article.rename(settings.documents / "2021-tea.md")
    Index(settings.snapshots).build(settings.documents)
    async with running():
        answer = await asker.ask(QUESTION)
        assert SALES in answer.text
        assert TEXTS.checked in answer.text
        assert TEXTS.text_gone not in pin.text
    text = renamed.read_text(encoding="utf-8")
    renamed.write_text(text.replace("广州、上海和西安", "昆明"), encoding="utf-8")
    Index(settings.snapshots).build(settings.documents)
    async with running():
        assert TEXTS.checked not in (await asker.ask(QUESTION)).text
        listing = await admin.ask("/curated")
        assert "⚠️ 云岭县茶业报告" in listing.text
        await press(admin, sandbox, listing, "1")
        assert SALES in listing.text
        assert TEXTS.text_gone in listing.text
        await press(admin, sandbox, listing, TEXTS.other_paragraph)
        await press(admin, sandbox, listing, number_of(listing, "茶叶主要卖到昆明"))
        await press(admin, sandbox, listing, TEXTS.take)
        assert TEXTS.checked in (await asker.ask(QUESTION)).text


@with_bot
async def test_what_is_gone(admin: Person, sandbox: Sandbox, settings: Settings) -> None:
    """Buttons of rows, pins and paragraphs that are not there any more say so, and change nothing."""
    pin = await pinned(admin, sandbox)
    shown = pin.text
    row = (await logged(settings, QUESTION)).id
    for data, said in (
        (ChoicePress("list", Origin("log", new_id())), TEXTS.gone),
        (ChoicePress("list", Origin("pin", new_id())), TEXTS.gone),
        (ChoicePress("list", Origin("search", new_id())), TEXTS.gone),
        (ChoicePress("take", Origin("pin", new_id()), "0" * 12), TEXTS.gone),
        (ChoicePress("take", Origin("log", row), "0" * 12), TEXTS.nothing),
        (PinPress("remove", new_id()), TEXTS.gone),
        ("pin-take:log-x:", SIMPLIFIED.answers.gone),
        ("curated:-1", SIMPLIFIED.answers.gone),
    ):
        assert await forge(admin, pin, data) == said, data
    assert pin.text == shown


@pytest.fixture
def group(sandbox: Sandbox, admin: Person, asker: Person) -> Conversation:
    return sandbox.group("课题组", admin, asker)


@with_bot
async def test_in_a_group(admin: Person, asker: Person, group: Conversation, sandbox: Sandbox) -> None:
    """An admin pins in a group too, where nobody else can go on with it."""
    answer = await asker.ask(f"/ask {QUESTION}", chat=group)
    offer = await offered(admin, answer, group)
    shown = offer.text
    number = number_of(offer, SALES)
    data = offer.button(number)["callback_data"]
    assert await forge(asker, offer, data) == SIMPLIFIED.conversation.refused
    assert offer.text == shown
    await press(admin, sandbox, offer, number)
    data = offer.button(TEXTS.take)["callback_data"]
    assert await forge(asker, offer, data) == SIMPLIFIED.conversation.refused
    await (await admin.forge(offer, str(data).replace("take", "search"))).wait()
    assert TEXTS.checked not in (await asker.ask(QUESTION)).text


@with_bot
@pytest.mark.parametrize("words", [SIMPLIFIED, TRADITIONAL, ENGLISH])
async def test_languages(admin: Person, sandbox: Sandbox, words: Words) -> None:
    """A checked answer says so in the asker's language, and no other does."""
    await pinned(admin, sandbox)
    person = sandbox.user(77, "Lin", words.language)
    answer = await person.ask(QUESTION)
    assert words.curation.checked in answer.text
    assert words.curation.checked not in (await person.ask("公路什么时候通车")).text


async def test_without_an_index(
    running: Callable[[], AbstractAsyncContextManager[None]],
    settings: Settings,
    admin: Person,
    sandbox: Sandbox,
) -> None:
    """Without an index the commands and buttons that need one say so."""
    async with running():
        answer = await admin.ask(QUESTION)
        entry = await logged(settings, QUESTION)
        await pinned(admin, sandbox)
        listing = await admin.ask("/curated")
    shutil.rmtree(settings.snapshots)
    settings.snapshots.mkdir()
    said = SIMPLIFIED.answers.no_index_admin
    with (settings.snapshots / "BUILDING").open("w") as other_builder:
        fcntl.flock(other_builder, fcntl.LOCK_EX)
        async with running():
            assert (await admin.ask("/curated")).text == said
            await admin.say("/pin", reply_to=answer)
            assert (await admin.next_reply()).text == said
            for data in (ChoicePress("offer", Origin("log", entry.id)), PinsPage()):
                assert await forge(admin, listing, data) == said
            assert (await (await admin.press(listing, "1")).wait())["text"] == said
