"""`make bench-reading`: many kinds of files indexed, beside a plain script over the usual libraries.

The script takes what text python-docx, openpyxl, pypdf and lxml see, file after file in one process, has
jieba cut it and hands it to rank-bm25. It finds no figures, tables or pictures and knows no limits; its time
is a measure on the same machine and files, not a race between equals.
"""

from __future__ import annotations

import argparse
import io
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Self

import docx
import jieba
import openpyxl
import pypdf
from lxml import html
from rank_bm25 import BM25Plus

from retrieval.index import Index
from tests import mixed_folder

if TYPE_CHECKING:
    from collections.abc import Callable


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=1000, help="articles")
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "documents"
        mixed_folder.make(folder, count)
        print(f"{count} articles of {len(mixed_folder.WRITERS)} formats, {len(mixed_folder.BAD)} bad files\n")
        plain = _timed_script(folder)
        print(f"plain script    {plain:8.1f} s")
        with _Memory() as memory:
            report = Index(Path(place) / "index").build(folder)
        print(
            f"wenju           {report.seconds:8.1f} s   {plain / report.seconds:.2f} times as fast, "
            f"{memory.most / 1e6:.0f} MB at most in all processes"
        )
        print(
            f"{'':16}{report.documents} articles, {report.paragraphs} paragraphs, {report.figures} figures; "
            f"skipped: {'; '.join(map(str, report.skipped))}"
        )


def _timed_script(folder: Path) -> float:
    """Return the seconds that the plain script takes in a process of its own."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", __spec__.name, "--script", folder], check=True)
    return time.perf_counter() - started


def script(folder: Path) -> None:
    paragraphs = [
        line for file in sorted(folder.rglob("*.*")) for line in _text(file).splitlines() if line.strip()
    ]
    BM25Plus([jieba.lcut(paragraph) for paragraph in paragraphs])


def _text(file: Path) -> str:
    try:
        return _READERS.get(file.suffix, _plain)(file.read_bytes())
    except Exception:  # noqa: BLE001 - as such scripts do
        return ""


def _plain(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


def _word(data: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs)


def _workbook(data: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    rows = (row for sheet in book.worksheets for row in sheet.iter_rows(values_only=True))
    return "\n".join(" ".join(str(cell) for cell in row if cell is not None) for row in rows)


def _pdf(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def _archive(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "\n".join(_plain(archive.read(name)) for name in archive.namelist())


_READERS: dict[str, Callable[[bytes], str]] = {
    ".docx": _word,
    ".xlsx": _workbook,
    ".pdf": _pdf,
    ".zip": _archive,
    ".html": lambda data: str(html.fromstring(_plain(data)).text_content()),
}


class _Memory:
    """Watches what this process and those below it hold, in bytes."""

    def __init__(self) -> None:
        self.most = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.2):
            self.most = max(self.most, _held(os.getpid()))


def _held(process: int) -> int:
    """Return the resident bytes of a process and its descendants; a page that they share counts for each."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
        children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    except OSError:
        return 0
    return pages * resource.getpagesize() + sum(_held(int(child)) for child in children)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--script"]:
        script(Path(sys.argv[2]))
    else:
        main()
