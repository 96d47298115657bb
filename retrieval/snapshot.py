"""One immutable, complete index in one folder: paragraphs with their figures, postings and dictionary.

A manifest, written last, holds the checksum of every file. A reader holds a shared lock on the folder for as
long as it uses the Snapshot, so that whoever sweeps old ones away leaves it alone.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import weakref
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from retrieval import dictionary, language, locks, picture_files, segments, tokeniser
from retrieval.arrays import load_array
from retrieval.dictionary import Dictionary
from retrieval.disk import sync
from retrieval.embedded import EmbeddedSearcher
from retrieval.encoding import decode, decode_texts
from retrieval.engine import EMBEDDED
from retrieval.errors import FormatError, SnapshotError
from retrieval.model import Hit
from retrieval.reranking import CANDIDATES, Candidate, rerank, seek
from retrieval.segments import Segment, SourceFile, number_of
from retrieval.series.metric_index import MetricIndex
from retrieval.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from retrieval.engine import Engine
    from retrieval.model import Figure, Paragraph, Question
    from retrieval.search import Searcher

FORMAT = 7
"""Raised with every change to the files or to what tokens and figures are made of; others are built anew."""

PICTURES = "pictures"
"""The folder of a Snapshot that holds its pictures' files."""

_MANIFEST = "manifest.json"
_ROWS_BY_ID = "rows_by_id.npy"
_VOCABULARY = "vocabulary"
_METRIC_NAMES = "metrics.marisa"
_CHECKED = 1 << 26  # bytes that are read at an opening to see whether they are as they were written
_PIECE = 1 << 18  # bytes, which stay in the processor's cache
_RAREST = 40  # terms of a whole text; the others stand nearly everywhere and take most of the time


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that stopped or exhausted its reader: it is not read again before it changes."""

    path: str
    size: int
    changed: int
    reason: str


@dataclass(frozen=True, slots=True)
class FileSummary:
    """What was understood of a file: its articles' titles in order, and how much there is in them all.

    `size` is in bytes. `remarks` say what was left out, and why.
    """

    path: str
    size: int
    paragraphs: int
    figures: int
    pictures: int
    titles: tuple[str, ...]
    remarks: tuple[str, ...] = ()

    @property
    def articles(self) -> int:
        return len(self.titles)


class Snapshot:
    """Safe for many threads. `name` is the folder's, `source` the documents' folder."""

    def __init__(
        self,
        folder: Path,
        when_released: Callable[[], None] | None = None,
        engine: Engine = EMBEDDED,
        *,
        thorough: bool = False,
        searched: bool = True,
    ) -> None:
        """`when_released` is called once nobody refers to the Snapshot any more; `engine` searches it.

        Raise SnapshotError where `folder` holds no Snapshot or a damaged one, FormatError where it is of
        another format. A large one is read whole only if it is to be `thorough`. Where it is not to be
        `searched` at once, what searches it is made ready by the first search.
        """
        self.name = folder.name
        self.folder = folder
        weakref.finalize(self, _release, locks.share(folder), when_released)
        try:
            manifest = _read_manifest(folder, thorough=thorough)
            self.source: str = manifest["source"]
            self.readers: str = manifest["readers"]
            self.tokeniser: str = manifest["tokeniser"]
            self.refused = tuple(RefusedFile(**file) for file in manifest["refused"])
            self.documents: int = manifest["documents"]
            self.segment = Segment.open(folder, map(SourceFile.of, manifest["files"]))
            self.files = self.segment.files
            self.figures = sum(file.figures for file in self.files)
            self.paragraphs = self.segment.rows
            self.dictionary = Dictionary(folder)
            self._engine = engine
            if searched:
                self.searcher  # noqa: B018 - it is kept
            self.vocabulary = Vocabulary.open(folder / _VOCABULARY, self.segment.terms.terms, self.dictionary)
            self.metrics = MetricIndex.open(folder / _METRIC_NAMES, self.segment.metrics)
            self._rows_by_id = load_array(folder / _ROWS_BY_ID)
        except (OSError, ValueError, RuntimeError, LookupError, TypeError, AttributeError) as error:
            raise SnapshotError(f"索引损坏：{folder}") from error  # all that odd JSON and torn files lead to
        self._character_idf = {
            character: math.log((self.paragraphs + 1) / held)
            for character, held in self.segment.characters.items()
        }

    @cached_property
    def searcher(self) -> Searcher:
        """Its methods raise EngineError where the engine does not answer now."""
        return self._engine.open(self.folder, self.segment)

    def is_whole(self) -> bool:
        """Whether the files are as they were written; it reads them all."""
        try:
            _read_manifest(self.folder, thorough=True)
        except (SnapshotError, OSError, ValueError, LookupError, TypeError):
            return False
        return True

    def at(self, row: int) -> tuple[Paragraph, tuple[Figure, ...]]:
        """The paragraph of `row` and its figures in order."""
        return decode(self.segment.record(row))

    def paragraph(self, paragraph_id: str) -> Paragraph | None:
        row = self.row(paragraph_id)
        return None if row is None else self.at(row)[0]

    def passage(
        self, paragraph_id: str, shift: int
    ) -> tuple[Paragraph | None, Paragraph | None, Paragraph | None] | None:
        """The paragraph `shift` places on (back where negative) in its Document, between its neighbours.

        What lies outside of the Document is None, the middle included; None alone for an unknown id.
        """
        row = self.row(paragraph_id)
        if row is None:
            return None
        document_of = self.segment.document_of
        first, end = (int(np.searchsorted(document_of, document_of[row], side)) for side in ("left", "right"))
        rows = range(first, end)
        before, here, after = (
            self.at(place)[0] if place in rows else None for place in range(row + shift - 1, row + shift + 2)
        )
        return before, here, after

    def file(self, path: str) -> FileSummary | None:
        """What was understood of a file of the documents' folder; None where it is not in the Snapshot."""
        file = next((file for file in self.files if file.path == path), None)
        if file is None:
            return None
        titles: dict[tuple[str, int], str] = {}
        pictures: set[str] = set()
        figures = 0
        for row in range(file.start, file.end):
            paragraph, found = self.at(row)
            titles[paragraph.document, paragraph.article] = paragraph.title
            figures += len(found)
            pictures.update(picture.key for picture in paragraph.pictures)
        rows = file.end - file.start
        return FileSummary(
            path, file.size, rows, figures, len(pictures), tuple(titles.values()), file.remarks
        )

    def picture(self, key: str) -> bytes:
        """A picture's file. Raise SnapshotError where it is missing or damaged, or `key` is no key."""
        return picture_files.read(self.folder / PICTURES, key)

    def following(self, paragraph_id: str) -> Iterator[Paragraph]:
        """Yield the paragraphs after it in the same Document, in order; none for an unknown id."""
        row = self.row(paragraph_id)
        if row is None:
            return
        here = self.at(row)[0]
        for next_row in range(row + 1, self.paragraphs):
            after = self.at(next_row)[0]
            if (after.document, after.article) != (here.document, here.article):
                return
            yield after

    def article_holds(self, paragraph_id: str, name: str) -> bool:
        """Whether the paragraph's Document has all pairs of the name's characters; an unknown id has none."""
        row = self.row(paragraph_id)
        if row is None:
            return False
        return all(self.searcher.document_holds(row, pair) for pair in map("".join, pairwise(name)))

    def search(
        self, question: Question, limit: int, within: range | None = None
    ) -> list[tuple[Hit, tuple[Figure, ...]]]:
        """The best paragraphs with their figures, best first; fewer than `limit` where fewer hold a term.

        Only rows `within` are searched where that is given.
        """
        best = self.searcher.top(question.terms, max(limit, CANDIDATES), question.related, within)
        idf = self.searcher.idf_of(question.terms)
        scores = rerank(
            seek(question, idf, self._character_idf),
            [self._candidate(row, score) for row, score in best],
        )
        order = sorted(range(len(best)), key=lambda place: -scores[place])
        return [self.hit(question, best[place][0], scores[place]) for place in order[:limit]]

    def hit(self, question: Question, row: int, score: float) -> tuple[Hit, tuple[Figure, ...]]:
        """The paragraph of `row`, with the question's words marked, and its figures."""
        paragraph, figures = self.at(row)
        marked = (*question.terms, *(other for _, other in question.related))
        return Hit(paragraph, score, language.marks(paragraph.text, marked, self.dictionary)), figures

    def nearest(self, text: str, limit: int) -> list[int]:
        """The rows that share most with a text, by the rarest of its terms; best first."""
        idf = self.searcher.idf_of(dict.fromkeys(language.tokens(text, self.dictionary)))
        rarest = sorted(idf, key=lambda term: -idf[term])[:_RAREST]
        return [row for row, _ in self.searcher.top(rarest, limit)]

    def _candidate(self, row: int, score: float) -> Candidate:
        return Candidate(*decode_texts(self.segment.record(row)), score)

    def row(self, paragraph_id: str) -> int | None:
        """The row of a paragraph; None for an unknown id."""
        numbers, rows = self._rows_by_id
        number = number_of(paragraph_id)
        place = int(np.searchsorted(numbers, number))
        # Ids that share a number are told apart by the record itself.
        while place < self.paragraphs and numbers[place] == number:
            row = int(rows[place])
            if self.at(row)[0].id == paragraph_id:
                return row
            place += 1
        return None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a Snapshot's rows are from: the documents' folder, and what read its files.

    `readers` tells apart what would read the same files differently.
    """

    source: str
    readers: str = ""
    refused: Sequence[RefusedFile] = ()


def write(
    folder: Path,
    files: Sequence[tuple[Segment, SourceFile]],
    origin: Origin,
    pictures: Sequence[Path] = (),
    older: Snapshot | None = None,
) -> Segment:
    """Complete a Snapshot in `folder`, which holds its dictionary already, and bring it to the disk.

    Its rows, which are returned, are those of the `files`, each of a Segment. Their images are taken from
    the folders `pictures`, unless there are none. An `older` Snapshot of the same dictionary spares work.
    """
    with _Sealing(folder) as sealing:
        placed = segments.merge_into(folder, files)
        sealing.take()
        segment = Segment.open(folder, placed)
        order = np.argsort(segment.ids, kind="stable")
        np.save(folder / _ROWS_BY_ID, np.stack([segment.ids[order], order]))
        EmbeddedSearcher.write(folder, segment.terms, segment.document_of)
        Vocabulary.over(segment.terms.terms, Dictionary(folder), older.vocabulary if older else None).save(
            folder / _VOCABULARY
        )
        MetricIndex.over(segment.metrics).save(folder / _METRIC_NAMES)
        contents = sealing.contents()
    if pictures:
        for key in dict.fromkeys(key for file in placed for key in file.pictures):
            _take_picture(key, pictures, folder / PICTURES)
    manifest = {
        "format": FORMAT,
        "source": origin.source,
        "readers": origin.readers,
        "tokeniser": tokeniser.identity(),
        "documents": int(segment.document_of[-1]) + 1 if segment.rows else 0,
        "files": [file.fields() for file in placed],
        "refused": [asdict(file) for file in origin.refused],
        "contents": contents,
    }
    (folder / _MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    others = {folder, *folder.rglob("*")}.difference(folder / name for name in contents)
    with ThreadPoolExecutor() as threads:
        list(threads.map(sync, others))
    return segment


class _Sealing:
    """Files of a folder on their way to the disk, in threads beside those that are still written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._threads = ThreadPoolExecutor()
        self._sealed: dict[str, Future[dict[str, Any]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(cancel_futures=True)

    def take(self) -> None:
        """Begin with all that there are; they are complete."""
        for name in _contents(self._folder):
            if name not in self._sealed:
                self._sealed[name] = self._threads.submit(_sealed, self._folder / name)

    def contents(self) -> dict[str, dict[str, Any]]:
        """Return by its name what a manifest says of each file, once all are on the disk."""
        self.take()
        return {name: sealed.result() for name, sealed in sorted(self._sealed.items())}


def _take_picture(key: str, folders: Sequence[Path], newer: Path) -> None:
    """Have a picture of one of the folders. Raise OSError where it is in none."""
    older = next((folder for folder in folders if (folder / key).exists()), newer)
    picture_files.take(older, newer, key)


def copy_dictionary(old: Path, new: Path) -> None:
    for name in dictionary.FILES:
        shutil.copyfile(old / name, new / name)


def _release(lock: int, then: Callable[[], None] | None) -> None:
    os.close(lock)
    if then:
        then()


def _read_manifest(folder: Path, *, thorough: bool) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    if manifest["format"] != FORMAT:
        raise FormatError(f"索引是另一版本建立的，请运行 wenju index：{folder}")
    contents = manifest["contents"]
    thorough = thorough or sum(described["size"] for described in contents.values()) <= _CHECKED
    for name, described in contents.items():
        path = folder / name
        if path.stat().st_size != described["size"] or (
            thorough and _checksum(path) != described["checksum"]
        ):
            raise SnapshotError(f"索引损坏：{path}")
    return manifest


def _sealed(path: Path) -> dict[str, Any]:
    """Bring a file to the disk and return what a manifest says of it."""
    described = {"size": path.stat().st_size, "checksum": _checksum(path)}
    sync(path)
    return described


def _contents(folder: Path) -> list[str]:
    """Return the files checked at opening: all but the pictures, which are named by their content."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != locks.NAME)
    names = (path.relative_to(folder) for path in files)
    return [name.as_posix() for name in names if name.parts[0] != PICTURES]


def _checksum(path: Path) -> int:
    """Return the CRC-32: it is to find damage, not forgery, and is computed as fast as a disk reads."""
    checksum = 0
    with path.open("rb", buffering=0) as file:
        while piece := file.read(_PIECE):
            checksum = zlib.crc32(piece, checksum)
    return checksum
