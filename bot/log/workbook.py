"""The query log as an XLSX workbook, written row by row: its memory does not grow with the log.

Questions are anybody's text: each is stored as text, never as a formula.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.log.listing import HEADINGS, cells_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from openpyxl.cell import Cell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

    from bot.log.entry import Entry

ROWS = 1_000_000  # a sheet; Excel's limit is 1,048,576
CELL = 32_767  # UTF-16 units, Excel's limit
WIDTHS = {"时间": 19, "问题": 40, "读作": 30, "数字": 20, "标题": 30, "段落": 60, "理由": 14, "留言": 30}
TIME_FORMAT = "yyyy-mm-dd hh:mm:ss"

# XML 1.0 has no place for these.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_workbook(entries: Iterable[Entry], path: Path) -> None:
    """Write one row an entry, a further sheet where one is full."""
    # Loaded with the first export, which few runs of the bot see.
    from openpyxl import Workbook  # noqa: PLC0415

    workbook = Workbook(write_only=True)
    sheet, room = _new_sheet(workbook.create_sheet("查询日志")), ROWS
    for entry in entries:
        if not room:
            sheet, room = _new_sheet(workbook.create_sheet()), ROWS
        sheet.append(list(_cells(sheet, entry)))
        room -= 1
    workbook.save(path)


def _new_sheet(sheet: WriteOnlyWorksheet) -> WriteOnlyWorksheet:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as above

    sheet.freeze_panes = "A2"
    for number, heading in enumerate(HEADINGS, 1):
        if heading in WIDTHS:
            columns = sheet.column_dimensions  # type: ignore[attr-defined] # it has them
            columns[get_column_letter(number)].width = WIDTHS[heading]
    sheet.append(HEADINGS)
    return sheet


def _cells(sheet: WriteOnlyWorksheet, entry: Entry) -> Iterator[Cell | float]:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - as above

    at, *cells = cells_of(entry)
    time = WriteOnlyCell(sheet, at)
    time.number_format = TIME_FORMAT
    yield time
    for value in cells:
        if isinstance(value, str):
            cell = WriteOnlyCell(sheet, _written(value))
            cell.data_type = "s"  # text, also where it looks like a formula or an error
            yield cell
        else:
            yield value


def _written(text: str) -> str:
    whole = _UNWRITABLE.sub("", text)
    if len(whole) * 2 <= CELL:
        return whole
    return whole.encode("utf-16-le")[: CELL * 2].decode("utf-16-le", errors="ignore")
