from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telegram.constants import InlineKeyboardButtonLimit, MessageLimit

from bot.ids import new_id
from bot.keyboards.curation import (
    PAGE,
    ChoicePress,
    PinPress,
    PinsPage,
    choice_buttons,
    pins_buttons,
    take_buttons,
)
from bot.messages import ENGLISH, SIMPLIFIED, TRADITIONAL
from bot.pseudonyms import Pseudonyms
from bot.sandbox.entities import parse_html, utf16_length
from bot.screens.curation import candidate, choice, pin_page, pins_listing, remove_question, reword_prompt
from bot.state.curation import LONGEST_QUESTION, Curation, NoQuestionError, SameQuestionError
from bot.state.curation_prompts import CurationPrompts, Origin
from bot.state.database import StateDatabase
from retrieval.model import Paragraph

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEA = Paragraph("0123456789ab", "tea.md", 0, 1, "云岭县茶业报告", "产量", "2020年干茶产量3100吨。")
ROAD = Paragraph("abcdef012345", "road.md", 0, 0, "云岭县公路建设", None, "公路上有隧道6座。")
PIN_ID = "01jd3v5r7q000000"

# What Telegram's JSON may carry, lone surrogates too
anything = st.text(st.characters(), min_size=1, max_size=400)
paragraphs = st.builds(
    Paragraph,
    id=st.from_regex(r"[0-9a-f]{12}", fullmatch=True),
    document=st.text(min_size=1, max_size=60),
    article=st.just(0),
    position=st.just(0),
    title=st.text(max_size=300),
    section=st.none() | st.text(max_size=100),
    text=st.text(min_size=1, max_size=5000),
)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[StateDatabase]:
    database = StateDatabase.open(tmp_path / "state.db")
    yield database
    database.close()


@pytest.fixture
def curation(state: StateDatabase) -> Curation:
    return Curation(state)


def test_a_pin_outlives_a_restart(state: StateDatabase, curation: Curation) -> None:
    """What was chosen is there again after a restart, newest first, with all that finds it."""
    curation.pin("2020年干茶产量多少吨", TEA)
    curation.pin("公路有几座隧道", ROAD)
    again = Curation(state)
    assert again.pins == curation.pins
    assert [pin.curated.question for pin in again.pins] == ["公路有几座隧道", "2020年干茶产量多少吨"]
    found = again.index.matching("请问2020年的干茶产量是多少吨？")
    assert found is not None
    assert (found.paragraph, found.text, found.section) == (TEA.id, TEA.text, TEA.section)


def test_the_same_question_is_pinned_once(curation: Curation) -> None:
    """A question pinned again, asked a little otherwise, has the new paragraph only."""
    first = curation.pin("公路有几座隧道", TEA)
    second = curation.pin("请问公路有几座隧道？", ROAD)
    assert second.id == first.id
    assert [pin.curated.paragraph for pin in curation.pins] == [ROAD.id]


def test_questions_of_other_years_are_pinned_apart(curation: Curation) -> None:
    """A question that differs in its year is another one, for pinning and for looking up."""
    curation.pin("2020年干茶产量多少吨", TEA)
    curation.pin("2019年干茶产量多少吨", ROAD)
    assert len(curation.pins) == 2
    assert curation.index.matching("2021年干茶产量多少吨") is None
    found = curation.index.matching("2019年干茶产量是多少吨")
    assert found is not None
    assert found.paragraph == ROAD.id


def test_edits(curation: Curation) -> None:
    """A pin may get another question or paragraph, and is looked up by the new ones at once."""
    pin = curation.pin("公路有几座隧道", TEA)
    moved = curation.move(pin.id, ROAD)
    assert moved is not None
    assert (moved.curated.text, moved.curated.section) == (ROAD.text, None)
    curation.reword(pin.id, "盘山公路上桥梁多少座")
    assert curation.index.matching("公路有几座隧道") is None
    assert curation.index.matching("盘山公路上有多少座桥梁") is not None


def test_a_question_belongs_to_one_pin(curation: Curation) -> None:
    """A pin cannot take another one's question, but may keep its own in other words."""
    pin = curation.pin("公路有几座隧道", ROAD)
    curation.pin("2020年干茶产量多少吨", TEA)
    with pytest.raises(SameQuestionError):
        curation.reword(pin.id, "请问2020年干茶产量是多少吨？")
    reworded = curation.reword(pin.id, "请问公路有几座隧道")
    assert reworded is not None
    assert reworded.curated.question == "请问公路有几座隧道"


def test_removal(state: StateDatabase, curation: Curation) -> None:
    """A removed pin is gone from memory and disk; what is not there cannot be changed."""
    pin = curation.pin("公路有几座隧道", ROAD)
    assert curation.remove(pin.id)
    assert not curation.remove(pin.id)
    assert curation.move(pin.id, TEA) is None
    assert curation.reword(pin.id, "公路多长") is None
    assert curation.index.matching("公路有几座隧道") is None
    assert Curation(state).pins == ()


def test_marks_alone_are_no_question(curation: Curation) -> None:
    """Nothing is chosen for a text without a letter or a digit."""
    pin = curation.pin("公路有几座隧道", ROAD)
    with pytest.raises(NoQuestionError):
        curation.pin("？？ _", ROAD)
    with pytest.raises(NoQuestionError):
        curation.reword(pin.id, "……")
    assert curation.pins == (pin,)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    question=anything.filter(lambda text: any(map(str.isalnum, text[:LONGEST_QUESTION]))),
    paragraph=paragraphs,
)
def test_any_question_and_paragraph(state: StateDatabase, question: str, paragraph: Paragraph) -> None:
    """Whatever is pinned is kept, and each screen that shows it is valid and short enough."""
    curation = Curation(state)
    pin = curation.pin(question, paragraph)
    assert len(pin.curated.question) <= LONGEST_QUESTION
    assert pin.curated.text == paragraph.text
    assert pin in Curation(state).pins
    for words in (SIMPLIFIED, TRADITIONAL, ENGLISH):
        for page in (
            choice(question, [paragraph] * 10, 5, words),
            candidate(question, paragraph, words),
            pin_page(pin, paragraph, words),
            pin_page(pin, None, words),
            pins_listing([(pin, True), (pin, False)] * (PAGE // 2), 99, PinsPage(8), words),
            remove_question(pin, words),
            reword_prompt(pin, words),
        ):
            text, _ = parse_html(page)
            assert 0 < utf16_length(text) <= MessageLimit.MAX_TEXT_LENGTH
    curation.remove(pin.id)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(words=anything)
def test_any_reply_is_kept(state: StateDatabase, words: str) -> None:
    """What an admin replies is there again, whatever characters it has."""
    prompts = CurationPrompts(state, Pseudonyms(b"k" * 32))
    prompts.add(7, 12, "search", Origin("log", PIN_ID))
    prompt = prompts.of(7, 12)
    assert prompt is not None
    assert prompt.words is None
    prompts.reply(prompt.id, words, 7)
    kept = prompts.get(prompt.id)
    assert kept is not None
    assert kept.words == words.encode(errors="replace").decode()


def test_prompts_belong_to_their_message(state: StateDatabase) -> None:
    """A message is only what it asked for last, in its own chat."""
    prompts = CurationPrompts(state, Pseudonyms(b"k" * 32))
    prompts.add(7, 12, "search", Origin("log", PIN_ID))
    prompts.add(7, 12, "reword", Origin("pin", PIN_ID))
    prompt = prompts.of(7, 12)
    assert prompt is not None
    assert (prompt.purpose, prompt.origin) == ("reword", Origin("pin", PIN_ID))
    assert prompts.of(8, 12) is None
    assert prompts.of(7, 13) is None
    assert prompts.get(new_id()) is None


def test_callback_data() -> None:
    """The longest data of each kind fits Telegram's limit and reads back as what was written."""
    for press in (
        ChoicePress("search", Origin("search", new_id())),
        ChoicePress("take", Origin("search", new_id()), TEA.id),
        ChoicePress("list", Origin("search", new_id()), offset=5),
        PinPress("remove", new_id(), 999_999),
        PinsPage(999_999),
    ):
        data = str(press)
        assert len(data.encode()) <= InlineKeyboardButtonLimit.MAX_CALLBACK_DATA
        assert type(press).parse(data) == press


@given(st.text() | st.from_regex(r"(pin-|curated)[a-z:\-0-9]{0,40}"))
def test_forged_callback_data(data: str) -> None:
    """Data is read as what it says word for word, or not at all."""
    for kind in (ChoicePress, PinPress, PinsPage):
        press = kind.parse(data)
        if press is not None and not isinstance(press, (PinPress, PinsPage)):
            assert str(press) == data


@pytest.mark.parametrize(
    "data", ["pin-take:log-01jd3v5r7q000000:", "pin-list:log-01jd3v5r7q000000:0123456789ab"]
)
def test_a_paragraph_is_named_where_one_is_meant(data: str) -> None:
    """Nothing is taken without a paragraph, and no list is of one."""
    assert ChoicePress.parse(data) is None


def test_paging() -> None:
    """The list has a number for each pin on show, and ways to its neighbours; past the end is the last."""
    keyboard = pins_buttons([new_id() for _ in range(8)], 20, PinsPage(8), SIMPLIFIED).inline_keyboard
    labels = [[button.text for button in row] for row in keyboard]
    assert labels == [
        ["9", "10", "11", "12", "13"],
        ["14", "15", "16"],
        [SIMPLIFIED.conversation.previous_page, "2/3", SIMPLIFIED.conversation.next_page],
    ]
    assert PinsPage(16).within(16) == PinsPage(8)
    assert PinsPage(8).within(0) == PinsPage(0)


def test_paragraphs_on_offer_have_pages() -> None:
    """Five paragraphs are on offer at a time; without a way back there is none."""
    press = ChoicePress("list", Origin("log", new_id()), offset=5)
    keyboard = choice_buttons(press, [TEA.id] * 8, SIMPLIFIED, None).inline_keyboard
    assert [[button.text for button in row] for row in keyboard] == [
        ["6", "7", "8"],
        [SIMPLIFIED.conversation.previous_page, "2/2"],
        [SIMPLIFIED.curation.search],
    ]
    [[back, _]] = take_buttons(ChoicePress("show", press.origin, TEA.id), 7, SIMPLIFIED).inline_keyboard
    assert back.callback_data == str(press)
