"""The rows of a Snapshot that a file becomes: each paragraph as it is stored, with the terms that find it.

Files are read by workers, as many at a time as there are processors; the rows come back in the files' order.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from retrieval import language
from retrieval.dictionary import Dictionary
from retrieval.documents import Surroundings, ocr, read_file
from retrieval.encoding import Row, row_of
from retrieval.errors import DocumentError
from retrieval.isolation import WorkerError
from retrieval.paragraphs import paragraphs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from retrieval.isolation import Handler, Json

_PIECE = 200  # rows that are sent together


@dataclass(frozen=True, slots=True)
class FileRows:
    rows: tuple[Row, ...]
    remarks: tuple[str, ...]

    @classmethod
    def of(cls, pieces: list[Json]) -> FileRows:
        """Return what a worker's reply says."""
        rows = tuple(_received(*row) for piece in pieces for row in piece["rows"])
        return cls(rows, tuple(remark for piece in pieces for remark in piece["remarks"]))


@dataclass(frozen=True, slots=True)
class ReadRows:
    """The work of a worker: a request is a path relative to `documents`, a reply is for FileRows.

    `dictionary` is the folder of the words, `pictures` where images are stored, `recognised` where the text
    that was read in them is kept; without it images are not read.
    """

    documents: Path
    dictionary: Path
    pictures: Path
    recognised: Path | None = None

    def __call__(self, alive: Callable[[], None]) -> Handler:
        words = Dictionary(self.dictionary, in_bulk=True)
        of_heading = lru_cache(maxsize=64)(partial(language.words_and_runs, dictionary=words))
        recognise = ocr.recogniser(self.recognised) if self.recognised else None
        surroundings = Surroundings(self.pictures, recognise, alive)

        def handle(path: str) -> Iterator[Json]:
            try:
                content = read_file(self.documents, path, surroundings)
            except DocumentError as error:
                raise WorkerError(error.reason) from error
            yield {"rows": [], "remarks": content.remarks}
            found = (paragraph for document in content.documents for paragraph in paragraphs(document))
            while rows := [_sent(row_of(each, words, of_heading)) for each in islice(found, _PIECE)]:
                alive()
                yield {"rows": rows, "remarks": []}

        return handle


def _sent(row: Row) -> tuple[object, ...]:
    """Return a row as JSON: its words and its runs with spaces between, of which they hold none."""
    about = row.id, row.article, row.figures, row.metrics, row.characters, row.pictures
    return row.record.decode(), " ".join(row.words), " ".join(row.runs), *about


def _received(record: str, words: str, runs: str, *about: Any) -> Row:  # noqa: ANN401 - a Row's
    return Row(record.encode(), words.split(), runs.split(), *about)
