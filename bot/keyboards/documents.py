"""The buttons around files: of the list, of one file, of the trash, and of a rebuild.

A file is named by its `catalogue.key_of`, for there is no room for a path.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self, cast

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.documents.catalogue import key_of
from bot.keyboards.answers import STAY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.documents.catalogue import CataloguePage
    from bot.documents.trash import Trashed
    from bot.messages import Words

FileAction = Literal["show", "send", "ask", "move", "undo"]

LISTING = re.compile(r"files:(\d{1,6}):(.{0,30})", re.ASCII)
FILE = re.compile(r"file-(show|send|ask|move|undo):([0-9a-f]{16}):(\d{1,6}):(.{0,30})", re.ASCII)
TRASH = re.compile(r"trash:(\d{1,6})", re.ASCII)
RESTORE = re.compile(r"trash-restore:([0-9a-f]{20})", re.ASCII)
EMPTY = re.compile(r"trash-(ask|empty):([0-9a-f]{20})", re.ASCII)
CANCEL = re.compile(r"reindex-cancel:([0-9a-f]{16})", re.ASCII)

WORD_BYTES = 30  # of UTF-8, so that the longest data has the 64 bytes that Telegram allows
PAGE = 8
IN_A_ROW = 4


@dataclass(frozen=True, slots=True)
class Listing:
    """A place in the list of files that hold a word: how many come before it."""

    offset: int = 0
    word: str = ""

    @classmethod
    def of(cls, word: str) -> Self:
        """Look for a word that somebody typed, as much of it as a button can carry."""
        return cls(0, " ".join(word.split()).encode(errors="ignore")[:WORD_BYTES].decode(errors="ignore"))

    @classmethod
    def parse(cls, data: str) -> Self | None:
        match = LISTING.fullmatch(data)
        return cls(int(match[1]), match[2]) if match else None

    def __str__(self) -> str:
        return f"files:{self.offset}:{self.word}"


@dataclass(frozen=True, slots=True)
class TrashPage:
    """A place in the list of the trash: how many entries come before it."""

    offset: int = 0

    @classmethod
    def parse(cls, data: str) -> Self | None:
        match = TRASH.fullmatch(data)
        return cls(int(match[1])) if match else None

    def of(self, entries: Sequence[Trashed]) -> Sequence[Trashed]:
        return entries[self.offset : self.offset + PAGE]

    def __str__(self) -> str:
        return f"trash:{self.offset}"


@dataclass(frozen=True, slots=True)
class FilePress:
    """A button of one file: what it does, for the file of which key, shown from which place in the list."""

    action: FileAction
    key: str
    listing: Listing = Listing()

    @classmethod
    def parse(cls, data: str) -> Self | None:
        match = FILE.fullmatch(data)
        if match is None:
            return None
        return cls(cast("FileAction", match[1]), match[2], Listing(int(match[3]), match[4]))

    def __str__(self) -> str:
        return f"file-{self.action}:{self.key}:{self.listing.offset}:{self.listing.word}"


def listing_buttons(
    page: CataloguePage, listing: Listing, trashed: int, words: Words
) -> InlineKeyboardMarkup:
    """Build a number for each file on show, the paging, and the way to the trash where it holds something."""
    numbers = [
        _button(str(number), FilePress("show", key_of(entry.path), listing))
        for number, entry in enumerate(page.entries, listing.offset + 1)
    ]
    pages = _paging(listing.offset, page.count, words, lambda offset: Listing(offset, listing.word))
    trash = [_button(words.documents.trash.format(count=trashed), TrashPage())] if trashed else []
    return _keyboard(*_rows(numbers), pages, trash)


def file_buttons(path: str, listing: Listing, words: Words) -> InlineKeyboardMarkup:
    """Build what can be done with one file of the list."""

    def button(text: str, action: FileAction) -> InlineKeyboardButton:
        return _button(text, FilePress(action, key_of(path), listing))

    return _keyboard(
        [button(words.documents.view, "send"), button(words.documents.move_to_trash, "ask")],
        [_button(words.documents.back, listing)],
    )


def confirm_buttons(path: str, listing: Listing, words: Words) -> InlineKeyboardMarkup:
    move, back = (FilePress(action, key_of(path), listing) for action in ("move", "show"))
    return _keyboard([_button(words.documents.move_to_trash, move), _button(words.documents.cancel, back)])


def added_buttons(path: str, words: Words) -> InlineKeyboardMarkup:
    return _keyboard([_button(words.documents.undo, FilePress("undo", key_of(path)))])


def known_buttons(path: str, words: Words) -> InlineKeyboardMarkup:
    return _keyboard([_button(words.documents.view, FilePress("send", key_of(path)))])


def moved_buttons(entry_id: str, words: Words, back_to: Listing | None = None) -> InlineKeyboardMarkup:
    back = [_button(words.documents.back, back_to)] if back_to else []
    return _keyboard([_button(words.documents.restore, f"trash-restore:{entry_id}"), *back])


def trash_buttons(entries: Sequence[Trashed], page: TrashPage, words: Words) -> InlineKeyboardMarkup:
    """Build a button to restore each entry on show, the paging, and one to delete all of the `entries`."""
    if not entries:
        return _keyboard()
    restore = [
        _button(f"↩️ {number}", f"trash-restore:{entry.id}")
        for number, entry in enumerate(page.of(entries), page.offset + 1)
    ]
    pages = _paging(page.offset, len(entries), words, TrashPage)
    empty = _button(words.documents.empty_trash, f"trash-ask:{entries[0].id}")
    return _keyboard(*_rows(restore), pages, [empty])


def empty_buttons(newest: str, words: Words) -> InlineKeyboardMarkup:
    return _keyboard(
        [
            _button(words.documents.delete_forever, f"trash-empty:{newest}"),
            _button(words.documents.cancel, TrashPage()),
        ]
    )


def cancel_button(rebuild: str, words: Words) -> InlineKeyboardMarkup:
    return _keyboard([_button(words.documents.cancel, f"reindex-cancel:{rebuild}")])


def _paging(
    offset: int, count: int, words: Words, at: Callable[[int], Listing | TrashPage]
) -> list[InlineKeyboardButton]:
    if count <= PAGE:
        return []
    row = [_button(f"{offset // PAGE + 1}/{-(-count // PAGE)}", STAY)]
    if offset > 0:
        row.insert(0, _button(words.documents.previous_page, at(max(0, offset - PAGE))))
    if offset + PAGE < count:
        row.append(_button(words.documents.next_page, at(offset + PAGE)))
    return row


def _button(text: str, data: object) -> InlineKeyboardButton:
    return InlineKeyboardButton(text, callback_data=str(data))


def _rows(buttons: list[InlineKeyboardButton]) -> list[list[InlineKeyboardButton]]:
    return [buttons[start : start + IN_A_ROW] for start in range(0, len(buttons), IN_A_ROW)]


def _keyboard(*rows: list[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([row for row in rows if row])
