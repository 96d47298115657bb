from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from telegram.constants import InlineKeyboardButtonLimit, InlineKeyboardMarkupLimit, MessageLimit

from bot.documents.catalogue import CatalogueEntry, CataloguePage, key_of
from bot.documents.documents import Indexed
from bot.documents.trash import Trashed
from bot.keyboards.documents import (
    FILE,
    LISTING,
    PAGE,
    TRASH,
    FilePress,
    Listing,
    TrashPage,
    added_buttons,
    confirm_buttons,
    file_buttons,
    listing_buttons,
    moved_buttons,
    trash_buttons,
)
from bot.markup import units, visible
from bot.messages import LANGUAGES
from bot.screens import documents as documents_screens
from retrieval.snapshot import FileSummary

if TYPE_CHECKING:
    from telegram import InlineKeyboardMarkup

    from bot.messages import Words

NOW = datetime(2026, 3, 5, tzinfo=UTC)
WORDS = st.sampled_from(list(LANGUAGES.values()))
TEXTS = st.text(max_size=5000) | st.text("<&>\u202e\n😀茶", max_size=300)
LISTINGS = st.builds(
    lambda word, page: Listing(page * PAGE, Listing.of(word).word), TEXTS, st.integers(0, 9999)
)
SUMMARIES = st.builds(
    FileSummary,
    path=TEXTS,
    size=st.integers(0, 10**12),
    paragraphs=st.integers(0, 10**6),
    figures=st.integers(0, 10**6),
    titles=st.lists(TEXTS, max_size=9).map(tuple),
)
ENTRIES = st.builds(
    CatalogueEntry,
    path=TEXTS,
    size=st.integers(0, 10**12),
    modified=st.just(NOW),
    summary=st.none() | SUMMARIES,
    reason=TEXTS,
    outdated=st.booleans(),
)


def check_buttons(markup: InlineKeyboardMarkup) -> None:
    buttons = [button for row in markup.inline_keyboard for button in row]
    assert len(buttons) <= InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER
    for button in buttons:
        data = str(button.callback_data).encode()
        assert 1 <= len(data) <= InlineKeyboardButtonLimit.MAX_CALLBACK_DATA
        assert button.text


def check_text(html: str) -> None:
    assert 1 <= units(visible(html)) <= MessageLimit.MAX_TEXT_LENGTH
    assert "\u202e" not in html


@given(LISTINGS, TEXTS)
def test_data_survives(listing: Listing, path: str) -> None:
    """What a button says is read back just so, whatever word was looked for."""
    assert Listing.parse(str(listing)) == listing
    press = FilePress("move", key_of(path), listing)
    assert FilePress.parse(str(press)) == press
    assert TrashPage.parse(str(TrashPage(listing.offset))) == TrashPage(listing.offset)


@given(st.text() | st.from_regex(LISTING) | st.from_regex(FILE) | st.from_regex(TRASH))
def test_any_data(data: str) -> None:
    """Whatever a client sends is read as a place that there may be, or declined."""
    listing, press, page = Listing.parse(data), FilePress.parse(data), TrashPage.parse(data)
    assert [listing, press, page].count(None) >= 2
    for place in (listing, press.listing if press else None, page):
        assert place is None or 0 <= place.offset < 10**6


@given(st.lists(ENTRIES, max_size=PAGE), st.integers(0, 10**5), LISTINGS, WORDS)
def test_listing(entries: list[CatalogueEntry], count: int, listing: Listing, words: Words) -> None:
    """Any files make a list and a keyboard that Telegram takes."""
    page = CataloguePage(tuple(entries), count)
    check_buttons(listing_buttons(page, listing, 3, words))
    check_text(documents_screens.files_listing(page, listing, words))


@given(ENTRIES, LISTINGS, WORDS)
def test_file(entry: CatalogueEntry, listing: Listing, words: Words) -> None:
    """Any file makes a page and keyboards that Telegram takes."""
    check_buttons(file_buttons(entry.path, listing, words))
    check_buttons(confirm_buttons(entry.path, listing, words))
    check_buttons(moved_buttons("0" * 20, words, listing))
    check_text(documents_screens.file_page(entry, words))
    check_text(documents_screens.confirm_move(entry.path, words))


@given(TEXTS, st.none() | SUMMARIES, TEXTS, WORDS)
def test_reports(path: str, summary: FileSummary | None, reason: str, words: Words) -> None:
    """Whatever a file is called and holds, what is said of it is a message that Telegram takes."""
    indexed = Indexed(path, summary, stale=reason)
    check_buttons(added_buttons(path, words))
    check_text(documents_screens.added(indexed, "a.md", words))
    check_text(documents_screens.restored(indexed, words))
    check_text(documents_screens.not_added(path, reason, words))
    check_text(documents_screens.known(path, words))
    check_text(documents_screens.moved(path, reason, words))
    check_text(documents_screens.receiving(path, words))


@given(st.lists(TEXTS, max_size=20), st.integers(0, 3), WORDS)
def test_trash(paths: list[str], number: int, words: Words) -> None:
    """Any removals make a list and a keyboard that Telegram takes."""
    entries = [Trashed(f"{place:020x}", path, 10, NOW, "") for place, path in enumerate(paths)]
    page = TrashPage(number * PAGE)
    check_buttons(trash_buttons(entries, page, words))
    check_text(documents_screens.trash_listing(entries, page, words))
