"""Excel workbooks (.xlsx, .xlsm) to blocks: a heading a sheet, its tables, the lines between, its pictures.

Values are as a reader of the sheet sees them. A formula is its result as the workbook stores it; one that
was never calculated is an empty cell, and a remark says so. Hidden sheets, charts and comments are left out.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from retrieval.documents import regions
from retrieval.documents.blocks import STILL_READING, Block, Content, UnreadableError
from retrieval.documents.formats.spreadsheet import grid
from retrieval.documents.formats.spreadsheet.opening import BROKEN, open_workbook
from retrieval.documents.lines import tidy
from retrieval.documents.tables import caption_of

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator

    from openpyxl.workbook import Workbook

_UNNAMED = re.compile(r"(?:Sheet|工作表|表)\s*\d*", re.IGNORECASE)
_NOT_CALCULATED = re.compile(
    rb"<c\b(?![^>]*\bt=\"str\")[^>]*>\s*<f\b[^>]*(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
)
_NOTICED = 1000  # rows
_TARGET = re.compile(r'Target="([^"<>]+)"')


def read(data: bytes) -> Content:
    """Return the blocks of a workbook. Raise UnreadableError."""
    workbook, archive = open_workbook(data)
    return Content(_blocks(workbook, archive))


def _blocks(workbook: Workbook, archive: zipfile.ZipFile) -> Iterator[Block]:
    opened: list[object] = [*workbook.worksheets]
    sheets = [sheet for sheet in opened if isinstance(sheet, ReadOnlyWorksheet)]
    hidden = [str(sheet.title) for sheet in sheets if sheet.sheet_state != "visible"]
    sheets = [sheet for sheet in sheets if sheet.sheet_state == "visible"]
    if not sheets:
        raise UnreadableError("没有可见的工作表")
    if hidden:
        yield Block("remark", f"隐藏的工作表没有读取：{'、'.join(hidden)}")
    missing = 0
    for sheet in sheets:
        # Merges are read from the markup: openpyxl itself reads them only into whole grids.
        path: str = sheet._worksheet_path  # type: ignore[attr-defined]  # noqa: SLF001 - no public name
        markup = _entry(archive, path)
        missing += len(_NOT_CALCULATED.findall(markup))
        rows: list[grid.GridRow] = []
        for row in grid.rows(sheet):
            rows.append(row)
            if len(rows) % _NOTICED == 0:
                yield STILL_READING
        found = list(regions.blocks(grid.with_merges(rows, markup)))
        if not found:
            continue
        yield from _headed(found, tidy(sheet.title), alone=len(sheets) == 1)
        yield from _pictures(archive, path)
    if missing:
        yield Block("remark", f"{missing} 个公式没有缓存的结果")


def _headed(found: list[Block], name: str, *, alone: bool) -> Iterator[Block]:
    """Yield a sheet's blocks below its name; what the only table of a workbook is called is its title."""
    tables = [block for block in found if block.kind == "table"]
    title = caption_of(tables[0]) if alone and len(tables) == 1 and found[0] is tables[0] else ""
    if title:
        yield Block("heading", title, level=1)
    elif name and not (alone and _UNNAMED.fullmatch(name)):
        yield Block("heading", name, level=2)
    yield from found


def _pictures(archive: zipfile.ZipFile, sheet: str) -> Iterator[Block]:
    """Yield the pictures that a sheet's drawings show, in the order in which they are listed."""
    for drawing in _related(archive, sheet, "/drawings/"):
        for picture in _related(archive, drawing, "/media/"):
            if image := _entry(archive, picture):
                yield Block("picture", "", image=image)


def _related(archive: zipfile.ZipFile, path: str, kind: str) -> list[str]:
    folder, name = posixpath.split(path)
    listed = _entry(archive, f"{folder}/_rels/{name}.rels").decode("utf-8", "replace")
    targets = (posixpath.normpath(posixpath.join("/", folder, target)) for target in _TARGET.findall(listed))
    return [target.lstrip("/") for target in dict.fromkeys(targets) if kind in target]


def _entry(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return an entry of the archive, nothing where there is none. Raise UnreadableError."""
    try:
        return archive.read(name) if name in archive.NameToInfo else b""
    except BROKEN as error:
        raise UnreadableError("工作簿已损坏或不完整") from error
