"""The rows of a Snapshot that a file becomes: each paragraph as it is stored, with the terms that find it.

Files are read by workers, as many at a time as there are processors; the rows come back in the files' order.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval import snapshot
from retrieval.dictionary import Dictionary
from retrieval.documents import Surroundings, ocr, read_file
from retrieval.errors import DocumentError
from retrieval.isolation import WorkerError
from retrieval.paragraphs import paragraphs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from retrieval.isolation import Handler, Json


@dataclass(frozen=True, slots=True)
class FileRows:
    """Each row is an encoded paragraph with how often each of its terms occurs."""

    rows: tuple[tuple[bytes, dict[str, int]], ...]
    remarks: tuple[str, ...]

    @classmethod
    def of(cls, reply: Json) -> FileRows:
        """Return what a worker's reply says."""
        rows = tuple((record.encode(), counts) for record, counts in reply["rows"])
        return cls(rows, tuple(reply["remarks"]))


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

        def handle(path: str) -> Json:
            try:
                content = read_file(self.documents, path, surroundings)
            except DocumentError as error:
                raise WorkerError(error.reason) from error
            found = (paragraph for document in content.documents for paragraph in paragraphs(document))
            rows: list[tuple[str, dict[str, int]]] = []
            for paragraph in found:
                alive()
                record = snapshot.encode(paragraph, words).decode()
                rows.append((record, Counter(snapshot.tokens(paragraph, words))))
            return {"rows": rows, "remarks": content.remarks}

        return handle
