"""One immutable, complete index in one folder: paragraphs with their figures, postings and dictionary.

A manifest, written last, holds the checksum of every file. A reader holds a shared lock on the folder for as
long as it uses the Snapshot, so that whoever sweeps old ones away leaves it alone.
"""

from __future__ import annotations

import hashlib
import json
import math
import mmap
import os
import shutil
import weakref
from collections import Counter
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from retrieval import dictionary, language, locks, picture_files
from retrieval.dictionary import Dictionary
from retrieval.encoding import decode_figure, decode_paragraph, heading
from retrieval.errors import FormatError, SnapshotError
from retrieval.model import Hit
from retrieval.plain import folded
from retrieval.postings import load_array
from retrieval.reranking import CANDIDATES, Candidate, rerank, seek
from retrieval.search import Searcher
from retrieval.series.metric_index import MetricCounter, MetricIndex
from retrieval.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from retrieval.model import Figure, Paragraph, Question
    from retrieval.postings import Postings

FORMAT = 3
"""Raised with every change to the files or to what tokens and figures are made of; others are built anew."""

PICTURES = "pictures"
"""The folder of a Snapshot that holds its pictures' files."""

_MANIFEST = "manifest.json"
_PARAGRAPHS = "paragraphs.jsonl"
_OFFSETS = "offsets.npy"
_IDS = "ids.npy"
_SEARCH = "search"
_VOCABULARY = "vocabulary.marisa"
_METRICS = "metrics.marisa"
_CHARACTERS = "characters.json"
_RAREST = 40  # terms of a whole text; the others stand nearly everywhere and take most of the time


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the documents' folder as it was read; its paragraphs are the rows `start` to `end`.

    `remarks` say what of it was left out, and why.
    """

    path: str
    size: int
    changed: int  # modification time in nanoseconds
    start: int
    end: int
    remarks: tuple[str, ...] = ()


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

    def __init__(self, folder: Path, when_released: Callable[[], None] | None = None) -> None:
        """`when_released` is called once nobody refers to the Snapshot any more.

        Raise SnapshotError where `folder` holds no Snapshot or a damaged one, FormatError where it is of
        another format.
        """
        self.name = folder.name
        self.folder = folder
        weakref.finalize(self, _release, locks.share(folder), when_released)
        try:
            manifest = _read_manifest(folder)
            self.source: str = manifest["source"]
            self.readers: str = manifest["readers"]
            self.files = tuple(
                SourceFile(**{**file, "remarks": tuple(file["remarks"])}) for file in manifest["files"]
            )
            self.refused = tuple(RefusedFile(**file) for file in manifest["refused"])
            self.documents: int = manifest["documents"]
            self.figures: int = manifest["figures"]
            self.dictionary = Dictionary(folder)
            self.searcher = Searcher.open(folder / _SEARCH)
            terms = self.searcher.paragraphs.postings.terms
            self.vocabulary = Vocabulary.open(folder / _VOCABULARY, terms, self.dictionary)
            self.metrics = MetricIndex.open(folder / _METRICS)
            characters = json.loads((folder / _CHARACTERS).read_text(encoding="utf-8"))
            self._offsets = load_array(folder / _OFFSETS)
            self._ids = load_array(folder / _IDS)
            self._records = _map(folder / _PARAGRAPHS)
        except (OSError, ValueError, RuntimeError, LookupError, TypeError, AttributeError) as error:
            raise SnapshotError(f"索引损坏：{folder}") from error  # all that odd JSON and torn files lead to
        self.paragraphs = len(self._offsets) - 1
        self._character_idf = {
            character: math.log((self.paragraphs + 1) / held) for character, held in characters.items()
        }

    def is_whole(self) -> bool:
        """Whether the files are as they were written; it reads them all."""
        try:
            _read_manifest(self.folder)
        except (SnapshotError, OSError, ValueError, LookupError, TypeError):
            return False
        return True

    def record(self, row: int) -> bytes:
        """The paragraph of `row` as it is stored."""
        return bytes(self._records[self._offsets[row] : self._offsets[row + 1]])

    def at(self, row: int) -> tuple[Paragraph, tuple[Figure, ...]]:
        """The paragraph of `row` and its figures in order."""
        paragraph, figures = self.record(row).splitlines()
        return decode_paragraph(json.loads(paragraph)), tuple(map(decode_figure, json.loads(figures)))

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
        rows = self.searcher.document_rows(row)
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
        idf = self.searcher.paragraphs.idf_of(question.terms)
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
        idf = self.searcher.paragraphs.idf_of(dict.fromkeys(language.tokens(text, self.dictionary)))
        rarest = sorted(idf, key=lambda term: -idf[term])[:_RAREST]
        return [row for row, _ in self.searcher.top(rarest, limit)]

    def _candidate(self, row: int, score: float) -> Candidate:
        fields = json.loads(self.record(row).partition(b"\n")[0])
        return Candidate(heading(fields), fields["text"], score)

    def row(self, paragraph_id: str) -> int | None:
        """The row of a paragraph; None for an unknown id."""
        number = _number(paragraph_id)
        place = int(np.searchsorted(self._ids[0], number))
        # Ids that share a number are told apart by the record itself.
        while place < self.paragraphs and self._ids[0][place] == number:
            row = int(self._ids[1][place])
            if self.at(row)[0].id == paragraph_id:
                return row
            place += 1
        return None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a Snapshot's rows are from: the documents' folder with its files, and what read them.

    `readers` tells apart what would read the same files differently.
    """

    source: str
    readers: str = ""
    files: Sequence[SourceFile] = ()
    refused: Sequence[RefusedFile] = ()


def write(
    folder: Path, records: Sequence[bytes], postings: Postings, origin: Origin, older: Path | None = None
) -> None:
    """Complete a Snapshot in `folder`, which holds its dictionary already, and bring it to the disk.

    `records` are encoded paragraphs, those of a Document in a row; `postings` their tokens, a row each. Their
    new pictures are in `folder` already, the others come from the Snapshot in the folder `older`.
    """
    documents: dict[tuple[str, int], int] = {}
    document_of, ids, figures = [], [], 0
    characters: Counter[str] = Counter()
    metrics = MetricCounter()
    for row, record in enumerate(records):
        fields, found = map(json.loads, record.splitlines())
        figures += len(found)
        metrics.add(row, fields["text"], map(decode_figure, found))
        if older:
            for picture in fields["pictures"]:
                picture_files.take(older / PICTURES, folder / PICTURES, picture["key"])
        characters.update(set(folded(heading(fields) + fields["text"])))
        ids.append(_number(fields["id"]))
        document_of.append(documents.setdefault((fields["document"], fields["article"]), len(documents)))
    (folder / _PARAGRAPHS).write_bytes(b"".join(records))
    np.save(folder / _OFFSETS, np.cumsum([0, *map(len, records)], dtype=np.int64))
    order = np.argsort(np.array(ids, dtype=np.int64), kind="stable")
    np.save(folder / _IDS, np.stack([np.array(ids, dtype=np.int64)[order], order]))
    (folder / _SEARCH).mkdir()
    Searcher.over(postings, np.array(document_of, dtype=np.int32)).save(folder / _SEARCH)
    (folder / _CHARACTERS).write_text(json.dumps(characters, ensure_ascii=False), encoding="utf-8")
    Vocabulary.over(postings.terms, Dictionary(folder)).save(folder / _VOCABULARY)
    metrics.save(folder / _METRICS)
    manifest = {
        "format": FORMAT,
        "source": origin.source,
        "readers": origin.readers,
        "documents": len(documents),
        "figures": figures,
        "files": [asdict(file) for file in origin.files],
        "refused": [asdict(file) for file in origin.refused],
        "checksums": {name: _checksum(folder / name) for name in _contents(folder)},
    }
    (folder / _MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    for path in [*folder.rglob("*"), folder]:
        sync(path)


def copy_dictionary(old: Path, new: Path) -> None:
    for name in dictionary.FILES:
        shutil.copyfile(old / name, new / name)


def sync(path: Path) -> None:
    """Bring a file or a folder's entries to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _release(lock: int, then: Callable[[], None] | None) -> None:
    os.close(lock)
    if then:
        then()


def _read_manifest(folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    if manifest["format"] != FORMAT:
        raise FormatError(f"索引是另一版本建立的，请运行 wenju index：{folder}")
    for name, checksum in manifest["checksums"].items():
        if _checksum(folder / name) != checksum:
            raise SnapshotError(f"索引损坏：{folder / name}")
    return manifest


def _contents(folder: Path) -> list[str]:
    """Return the files checked at opening: all but the pictures, which are named by their content."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != locks.NAME)
    names = (path.relative_to(folder) for path in files)
    return [name.as_posix() for name in names if name.parts[0] != PICTURES]


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def _map(path: Path) -> mmap.mmap | bytes:
    with path.open("rb") as file:
        # An empty file cannot be mapped.
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""


def _number(paragraph_id: str) -> int:
    return int.from_bytes(hashlib.blake2b(paragraph_id.encode(), digest_size=7).digest())
