"""A selection of the query log as files that can be sent: CSV or XLSX, in parts where it is large.

Entries are read and written one by one, so that memory stays bounded; the disk holds the parts.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Literal

from bot.file_names import safe_name
from bot.log.database import read_entries
from bot.log.listing import cells_of, csv_lines
from bot.log.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlite_utils import Database

    from bot.log.entry import Entry
    from bot.log.selection import Selection

Form = Literal["csv", "xlsx"]

FORMS: tuple[Form, ...] = ("csv", "xlsx")
# Of text in a part. Telegram takes files of 50 MB. A workbook is unzipped, and thrice as long, in the folder
# for temporary files until it is complete, where a container has little room.
PART_BYTES: dict[Form, int] = {"csv": 45_000_000, "xlsx": 15_000_000}
PARTS = 10
FOLDERS = "export-"  # the beginning of the names of the folders that parts are written to


@dataclass(frozen=True, slots=True)
class Part:
    path: Path
    count: int


@dataclass(frozen=True, slots=True)
class Export:
    """`cut` says that there was more than PARTS hold."""

    parts: tuple[Part, ...]
    cut: bool


def export_log(
    db: Database, selection: Selection, form: Form, folder: Path, part_bytes: int | None = None
) -> Export:
    """Write the selection's entries, newest first, into the folder: no part where there are none.

    Raise OSError where the disk does not take them.
    """
    entries = read_entries(db, selection.filter())
    parts: list[Part] = []
    while (first := next(entries, None)) is not None:
        if len(parts) == PARTS:
            return Export(tuple(parts), cut=True)
        path = folder / f"{len(parts) + 1}.{form}"
        batch = _Batch(chain([first], entries), part_bytes or PART_BYTES[form])
        if form == "csv":
            with path.open("w", encoding="utf-8", newline="") as file:
                file.writelines(f"{line}\r\n" for line in csv_lines(batch))
        else:
            write_workbook(batch, path)
        parts.append(Part(path, batch.count))
    return Export(tuple(parts), cut=False)


def remove_leftovers(data: Path) -> None:
    """Remove the folders of exports that were not sent to the end. Raise OSError."""
    for folder in data.glob(f"{FOLDERS}*"):
        shutil.rmtree(folder)


def file_name(selection: Selection, form: Form, part: int, parts: int) -> str:
    """Name a file by its day and selection."""
    facts = [
        "wenju",
        f"{datetime.now().astimezone():%Y-%m-%d}",
        {"all": "", "today": "今天", "week": "7天"}[selection.period],
        "未答" if selection.unanswered else "",
        "踩" if selection.downvoted else "",
        selection.asker[:8],
        selection.word.replace("/", "_").replace("\\", "_"),
        str(part) if parts > 1 else "",
    ]
    return safe_name(f"{'-'.join(filter(None, facts))}.{form}")


class _Batch:
    """Entries until their text is that long; `count` of them were taken."""

    def __init__(self, entries: Iterator[Entry], most: int) -> None:
        self.count = 0
        self._entries = entries
        self._room = most

    def __iter__(self) -> Iterator[Entry]:
        while self._room > 0 and (entry := next(self._entries, None)) is not None:
            self._room -= sum(len(str(cell).encode(errors="replace")) for cell in cells_of(entry))
            self.count += 1
            yield entry
