"""The rows of a Snapshot that a file becomes: each paragraph as it is stored, with the terms that find it.

Files are read by workers, as many at a time as there are processors; the rows come back in the files' order.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from retrieval.dictionary import Dictionary
from retrieval.documents import Surroundings, ocr, read_file
from retrieval.encoding import encode, tokens
from retrieval.errors import DocumentError
from retrieval.isolation import WorkerError
from retrieval.paragraphs import paragraphs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from retrieval.isolation import Handler, Json
    from retrieval.model import Paragraph

_PIECE = 200  # rows that are sent together


@dataclass(frozen=True, slots=True)
class FileRows:
    """Each row is an encoded paragraph with how often each of its terms occurs."""

    rows: tuple[tuple[bytes, dict[str, int]], ...]
    remarks: tuple[str, ...]

    @classmethod
    def of(cls, pieces: list[Json]) -> FileRows:
        """Return what a worker's reply says."""
        rows = tuple((record.encode(), counts) for piece in pieces for record, counts in piece["rows"])
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
        words = Dictionary(self.dictionary)
        recognise = ocr.recogniser(self.recognised) if self.recognised else None
        surroundings = Surroundings(self.pictures, recognise, alive)

        def handle(path: str) -> Iterator[Json]:
            try:
                content = read_file(self.documents, path, surroundings)
            except DocumentError as error:
                raise WorkerError(error.reason) from error
            yield {"rows": [], "remarks": content.remarks}
            found = (paragraph for document in content.documents for paragraph in paragraphs(document))
            while rows := [_row(paragraph, words) for paragraph in islice(found, _PIECE)]:
                alive()
                yield {"rows": rows, "remarks": []}

        return handle


def _row(paragraph: Paragraph, words: Dictionary) -> tuple[str, dict[str, int]]:
    return encode(paragraph, words).decode(), Counter(tokens(paragraph, words))
