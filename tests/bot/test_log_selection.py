"""Which rows an admin's words choose, and how buttons carry that choice."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.constants import InlineKeyboardButtonLimit

from bot.ids import new_id
from bot.keyboards.logs import EntryPlace, ExportPress, GapPlace, GapsPlace, LogsPlace
from bot.log.selection import EVERYTHING, LONGEST_WORD, SWITCHES, Selection

SELECTIONS = st.builds(
    Selection,
    st.sampled_from(("all", "today", "week")),
    st.booleans(),
    st.booleans(),
    st.text("0123456789abcdef", max_size=16),
    st.text(min_size=0, max_size=LONGEST_WORD),
)
PLACES = st.builds(LogsPlace, st.integers(0, 9_999_999), SELECTIONS)
GAPS = st.builds(GapsPlace, st.sampled_from(("7", "30", "all")), st.integers(0, 9999))


@pytest.mark.parametrize(
    ("text", "selection"),
    [
        ("", EVERYTHING),
        ("茶", Selection(word="茶")),
        ("今天", Selection("today")),
        ("7天 今天", Selection("today")),
        ("7 天", Selection("week")),
        ("7天 7天", Selection("week")),
        ("未答 👎", Selection(unanswered=True, downvoted=True)),
        ("#A1B2", Selection(asker="a1b2")),
        ("#茶", Selection(word="#茶")),
        ("\u202e 茶\x00", Selection(word="茶")),
        ("Today UNANSWERED tea time", Selection("today", unanswered=True, word="tea time")),
        ("7d 未答 #a1b2  干茶   产量", Selection("week", unanswered=True, asker="a1b2", word="干茶 产量")),
    ],
)
def test_words(text: str, selection: Selection) -> None:
    """Conditions are read in any order; the rest is the word."""
    assert Selection.of(text) == selection


@given(st.text())
def test_any_text_is_a_selection(text: str) -> None:
    """Nothing that somebody types is refused, and no word is too long to be shown."""
    assert len(Selection.of(text).word) <= LONGEST_WORD


@given(SELECTIONS, st.sampled_from(SWITCHES))
def test_switches(selection: Selection, switch: str) -> None:
    """A switch turns itself over, and back."""
    once = selection.switched(switch)  # type: ignore[arg-type]
    assert once.has(switch) != selection.has(switch)  # type: ignore[arg-type]
    if switch in {"unanswered", "downvoted"}:
        assert once.switched(switch) == selection  # type: ignore[arg-type]


def test_days() -> None:
    """Today and seven days begin at this machine's midnight."""
    midnight = datetime.combine(datetime.now().astimezone().date(), time())
    assert Selection().filter().since is None
    assert Selection("today").filter().since == midnight.astimezone(UTC)
    assert Selection("week").filter().since == (midnight - timedelta(6)).astimezone(UTC)


@given(PLACES, GAPS, st.sampled_from(("csv", "xlsx")))
def test_callback_data(place: LogsPlace, gaps: GapsPlace, form: str) -> None:
    """The data of each button fits Telegram's limit and, with the message's word, reads back as written."""
    word, gap = place.selection.word, GapPlace(new_id(), gaps)
    export = ExportPress(form, place.selection)  # type: ignore[arg-type]
    for data in (place, gaps, gap, EntryPlace(new_id(), place), EntryPlace(new_id(), gap), export):
        assert len(str(data).encode()) <= InlineKeyboardButtonLimit.MAX_CALLBACK_DATA
    assert LogsPlace.parse(str(place), word) == place
    assert GapsPlace.parse(str(gaps)) == gaps
    assert GapPlace.parse(str(gap)) == gap
    assert ExportPress.parse(str(export), word) == export
    for back in (place, gap):
        entry = EntryPlace(new_id(), back)
        assert EntryPlace.parse(str(entry), word) == entry


@given(PLACES)
def test_a_word_that_is_not_shown(place: LogsPlace) -> None:
    """Without the word that the data counts on there is no place; one that it does not is left out."""
    if place.selection.word:
        assert LogsPlace.parse(str(place)) is None
        assert EntryPlace.parse(str(EntryPlace(new_id(), place))) is None
    else:
        assert LogsPlace.parse(str(place), "别的词") == place


@given(st.text() | st.from_regex(r"(logs|log|gaps|gap|export-csv):[0-9a-z:]*", fullmatch=True))
def test_forged_data(data: str) -> None:
    """What none of our buttons holds is nothing, and raises nothing."""
    for kind in (LogsPlace, EntryPlace, GapsPlace, GapPlace, ExportPress):
        place = kind.parse(data)
        assert place is None or kind.parse(str(place)) == place
