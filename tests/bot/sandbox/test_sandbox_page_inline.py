"""Inline mode on the page: a panel of results over the input while `@bot text` is typed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox
    from tests.phone import Phone

MENTION = "@wenju_sandbox_bot "
AGAIN = InlineKeyboardMarkup.from_button(
    InlineKeyboardButton("再找一个", switch_inline_query_current_chat="梨树")
)
BUTTON = InlineQueryResultsButton("到私聊里提问", start_parameter="ask")
COUNT = "return document.querySelectorAll('.result').length"


@pytest.fixture
def asker(sandbox: Sandbox) -> Person:
    return sandbox.user()


@pytest.fixture
async def asked(api: Bot) -> AsyncIterator[list[InlineQuery]]:
    """What the bot was asked inline; it finds 25 results for anything but 没有, ten at a time."""
    queries: list[InlineQuery] = []

    async def answer() -> None:
        offset = 0
        while True:
            for update in await api.get_updates(offset=offset, timeout=5):
                offset = update.update_id + 1
                if query := update.inline_query:
                    queries.append(query)
                    await reply(query)

    async def reply(query: InlineQuery) -> None:
        first = int(query.offset or 0)
        places = [] if query.query == "没有" else range(first, min(first + 10, 25))
        found = [
            InlineQueryResultArticle(
                str(place),
                f"果园 {place}",
                InputTextMessageContent(f"<b>{query.query} {place}</b>", parse_mode="HTML"),
                description="北面的果园里有梨树三棵，" * 3,
                reply_markup=AGAIN,
            )
            for place in places
        ]
        more = str(first + 10) if first + 10 < 25 else ""
        await query.answer(found, next_offset=more, button=BUTTON if found else None)

    answering = asyncio.create_task(answer())
    yield queries
    answering.cancel()
    await asyncio.gather(answering, return_exceptions=True)


@pytest.fixture
async def chat(phone: Phone, sandbox: Sandbox, asker: Person, asked: list[InlineQuery]) -> Phone:
    """The page at the group, with the bot listening."""
    assert asked == []
    await asker.say("/start")
    await phone.open(sandbox.url)
    await phone.tap("[data-tab=group]")
    return phone


async def test_results_come_once_the_typing_pauses(chat: Phone, asked: list[InlineQuery]) -> None:
    """One query for the whole text, with the kind of the chat."""
    await chat.run(
        "const input = document.querySelector('#input');"
        "for (const text of arguments[0]) { input.value = text; input.dispatchEvent(new Event('input')); }",
        [f"{MENTION}{text}" for text in ("", "梨", "梨树")],
    )
    await chat.sees("果园 0", "#results .result b")
    await chat.sees("梨树三棵", "#results .result")
    assert [(query.query, query.chat_type) for query in asked] == [("梨树", "supergroup")]
    assert chat.complaints() == []


async def test_the_next_results_come_as_the_list_is_scrolled(chat: Phone, asked: list[InlineQuery]) -> None:
    await chat.write(f"{MENTION}梨树", end="")
    for count in (10, 20, 25):
        await chat.until(f"{COUNT} === {count}")
        await chat.run("const list = document.querySelector('#results'); list.scrollTop = list.scrollHeight")
    await asyncio.sleep(0.2)
    assert [query.offset for query in asked if query.query == "梨树"] == ["", "10", "20"]
    assert await chat.run(COUNT) == 25


async def test_a_tap_posts_the_result_via_the_bot(chat: Phone) -> None:
    """Its button writes the next query; the name of the bot begins one as well."""
    value = "return document.querySelector('#input').value"
    await chat.write(f"{MENTION}梨树", end="")
    await chat.tap(".result")
    await chat.sees("梨树 9", ".out .text strong")
    await chat.sees("通过 @wenju_sandbox_bot", ".out .via")
    assert await chat.run(value) == ""
    assert await chat.run("return document.querySelector('#results').hidden")
    await chat.tap(".out .key")
    assert await chat.run(value) == f"{MENTION}梨树"
    await chat.sees("果园 0", "#results")
    await chat.tap(".out .via")
    assert await chat.run(value) == MENTION


async def test_a_mention_is_still_sent_as_a_message(chat: Phone) -> None:
    """With the results on show and without; then they are gone."""
    await chat.write(f"{MENTION}梨树", end="")
    await chat.sees("果园 0", "#results")
    await chat.tap("#send")
    await chat.sees(f"{MENTION}梨树", ".out .text")
    await chat.until("return document.querySelector('#results').hidden")
    await chat.write(f"{MENTION}苹果树")
    await chat.sees(f"{MENTION}苹果树", ".out .text")
    await asyncio.sleep(0.6)  # longer than the pause before a query
    assert await chat.run("return document.querySelector('#results').hidden")
    assert await chat.run("return document.querySelectorAll('.via').length") == 0


async def test_without_results_there_is_no_panel(chat: Phone, asked: list[InlineQuery]) -> None:
    await chat.write(f"{MENTION}梨树", end="")
    await chat.sees("果园 0", "#results")
    await chat.run("document.querySelector('#input').value = ''")
    await chat.write(f"{MENTION}没有", end="")
    await chat.until("return document.querySelector('#results').hidden")
    for _ in range(100):
        if asked[-1].query == "没有":
            break
        await asyncio.sleep(0.05)
    assert asked[-1].query == "没有"
    assert await chat.run("return document.querySelector('#results').hidden")


async def test_the_button_over_the_results_starts_the_private_chat(chat: Phone, asker: Person) -> None:
    await chat.write(f"{MENTION}梨树", end="")
    await chat.tap(".result-button")
    await chat.sees("/start ask", ".out .text")
    assert asker.messages[-1].text == "/start ask"
    assert await chat.run("return document.querySelector('[data-tab=user]').ariaSelected") == "true"
