"""The buttons around files: of the list, of one file, of the trash, and of a rebuild.

A file is named by its `catalogue.key_of`, for there is no room for a path.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self, cast

from bot.documents.catalogue import key_of
from bot.keyboards.layout import button, keyboard, paging, rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telegram import InlineKeyboardMarkup

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
        button(str(number), FilePress("show", key_of(entry.path), listing))
        for number, entry in enumerate(page.entries, listing.offset + 1)
    ]
    pages = paging(listing.offset, page.count, PAGE, words, lambda offset: Listing(offset, listing.word))
    trash = [button(words.documents.trash.format(count=trashed), TrashPage())] if trashed else []
    return keyboard(*rows(numbers, IN_A_ROW), pages, trash)


def file_buttons(path: str, listing: Listing, words: Words) -> InlineKeyboardMarkup:
    """Build what can be done with one file of the list."""

    def press(action: FileAction) -> FilePress:
        return FilePress(action, key_of(path), listing)

    return keyboard(
        [
            button(words.documents.view, press("send")),
            button(words.documents.move_to_trash, press("ask")),
        ],
        [button(words.documents.back, listing)],
    )


def confirm_buttons(path: str, listing: Listing, words: Words) -> InlineKeyboardMarkup:
    move, back = (FilePress(action, key_of(path), listing) for action in ("move", "show"))
    return keyboard([button(words.documents.move_to_trash, move), button(words.documents.cancel, back)])


def added_buttons(path: str, words: Words) -> InlineKeyboardMarkup:
    return keyboard([button(words.documents.undo, FilePress("undo", key_of(path)))])


def known_buttons(path: str, words: Words) -> InlineKeyboardMarkup:
    return keyboard([button(words.documents.view, FilePress("send", key_of(path)))])


def moved_buttons(entry_id: str, words: Words, back_to: Listing | None = None) -> InlineKeyboardMarkup:
    back = [button(words.documents.back, back_to)] if back_to else []
    return keyboard([button(words.documents.restore, f"trash-restore:{entry_id}"), *back])


def trash_buttons(entries: Sequence[Trashed], page: TrashPage, words: Words) -> InlineKeyboardMarkup:
    """Build a button to restore each entry on show, the paging, and one to delete all of the `entries`."""
    if not entries:
        return keyboard()
    restore = [
        button(f"↩️ {number}", f"trash-restore:{entry.id}")
        for number, entry in enumerate(page.of(entries), page.offset + 1)
    ]
    pages = paging(page.offset, len(entries), PAGE, words, TrashPage)
    empty = button(words.documents.empty_trash, f"trash-ask:{entries[0].id}")
    return keyboard(*rows(restore, IN_A_ROW), pages, [empty])


def empty_buttons(newest: str, words: Words) -> InlineKeyboardMarkup:
    return keyboard(
        [
            button(words.documents.delete_forever, f"trash-empty:{newest}"),
            button(words.documents.cancel, TrashPage()),
        ]
    )


def cancel_button(rebuild: str, words: Words) -> InlineKeyboardMarkup:
    return keyboard([button(words.documents.cancel, f"reindex-cancel:{rebuild}")])
