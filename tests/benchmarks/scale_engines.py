"""The engines that `tests.benchmarks.scale` compares: how each indexes the token files and is asked.

An engine is imported only in the process that uses it, so that its memory is its own.
"""

# ruff: noqa: PLC0415

from __future__ import annotations

import shutil
import sqlite3
import sys
from array import array
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol

from tests.benchmarks import token_files

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    Search = Callable[[Sequence[str]], Sequence[int]]
    """The rows of the LIMIT best for a query's terms, best first."""

LIMIT = 10
K1, B = 1.0, 0.6  # as retrieval.bm25 has them
PART = 3 << 21  # tokens that wenju gathers in memory, as retrieval.contents has it


class Engine(Protocol):
    def build(self, tokens: Path, folder: Path) -> None:
        """Index the token files in the folder `tokens`; whatever is kept is written into `folder`."""

    def open(self, folder: Path) -> Search: ...


class Wenju:
    """Searches with each paragraph's `context`, as the bot does. All that is known of wenju here is in it."""

    def __init__(self, *, numba: bool = True, context: bool = True) -> None:
        self._context = context
        if not numba:
            sys.modules["numba"] = None  # type: ignore[assignment]  # its import fails, as if not installed

    def build(self, tokens: Path, folder: Path) -> None:
        import numpy as np

        from retrieval.embedded import EmbeddedSearcher
        from retrieval.postings import Postings, PostingsCounter, merge

        def part(counter: PostingsCounter) -> Postings:
            place = folder / f"part-{len(parts)}"
            counter.postings().save(place)
            return Postings.open(place)

        parts: list[Postings] = []
        counter = PostingsCounter()
        for line in token_files.lines(tokens):
            if len(counter) > PART:
                parts.append(part(counter))
                counter = PostingsCounter()
            counter.add(line.split())
        parts.append(part(counter))
        ends = np.cumsum([0, *(len(postings.lengths) for postings in parts)])
        rows = [np.arange(start, end, dtype=np.int32) for start, end in pairwise(ends)]
        merge(list(zip(parts, rows, strict=True)), int(ends[-1]), folder / "terms")
        for place in folder.glob("part-*"):
            shutil.rmtree(place)
        document_of = np.load(tokens / token_files.DOCUMENTS) if self._context else np.arange(ends[-1])
        np.save(folder / "document_of.npy", document_of)
        EmbeddedSearcher.write(folder, Postings.open(folder / "terms"), document_of)

    def open(self, folder: Path) -> Search:
        import numpy as np

        from retrieval.embedded import EmbeddedSearcher
        from retrieval.postings import Postings

        document_of = np.load(folder / "document_of.npy")
        searcher = EmbeddedSearcher.open(folder, Postings.open(folder / "terms"), document_of)
        return lambda terms: [row for row, _ in searcher.top(terms, LIMIT)]

    def scores(self, folder: Path) -> Callable[[Sequence[str]], npt.NDArray[np.float64]]:
        """Return what scores all rows without their context, to be compared with rank-bm25."""
        from retrieval.bm25 import BM25
        from retrieval.postings import Postings

        return BM25.over(Postings.open(folder / "terms")).get_scores


class RankBM25:
    """Has no files: it lives in the process that built it."""

    def build(self, tokens: Path, folder: Path) -> None:  # noqa: ARG002 - no files
        from rank_bm25 import BM25Plus

        # Each token is kept once, else the corpus would take several times the memory.
        corpus = (list(map(sys.intern, line.split())) for line in token_files.lines(tokens))
        self.bm25 = BM25Plus(corpus, k1=K1, b=B, delta=0)

    def open(self, folder: Path) -> Search:  # noqa: ARG002 - no files
        rows = list(range(self.bm25.corpus_size))
        return lambda terms: self.bm25.get_top_n(terms, rows, LIMIT)


class BM25S:
    def build(self, tokens: Path, folder: Path) -> None:
        import bm25s

        numbers: dict[str, int] = {}
        # Arrays instead of lists: an eighth of the memory, and bm25s takes them.
        ids = [
            array("i", [numbers.setdefault(token, len(numbers)) for token in line.split()])
            for line in token_files.lines(tokens)
        ]
        engine = bm25s.BM25(k1=K1, b=B, method="lucene", backend="numba")
        engine.index((ids, numbers), show_progress=False)
        engine.save(folder, show_progress=False)

    def open(self, folder: Path) -> Search:
        import bm25s

        engine = bm25s.BM25.load(folder, show_progress=False)

        def search(terms: Sequence[str]) -> list[int]:
            found = engine.retrieve([list(terms)], k=LIMIT, show_progress=False)
            return [int(row) for row in found.documents[0]]

        return search


class Tantivy:
    """Its k1 and b are fixed at 1.2 and 0.75. It writes with as many threads as it likes."""

    def build(self, tokens: Path, folder: Path) -> None:
        import tantivy

        writer = self._index(folder).writer()
        for row, line in enumerate(token_files.lines(tokens)):
            writer.add_document(tantivy.Document(row=row, text=line))
        writer.commit()
        writer.wait_merging_threads()

    def open(self, folder: Path) -> Search:
        from tantivy import Occur, Query

        index = self._index(folder)
        schema, searcher = index.schema, index.searcher()

        def search(terms: Sequence[str]) -> list[int]:
            each = [(Occur.Should, Query.term_query(schema, "text", term, "freq")) for term in terms]
            best = searcher.search(Query.boolean_query(each), LIMIT, count=False).hits
            return [int(row) for row in searcher.fast_field_values("row", [address for _, address in best])]

        return search

    def _index(self, folder: Path) -> Any:
        import tantivy

        schema = tantivy.SchemaBuilder()
        schema.add_integer_field("row", fast=True)
        schema.add_text_field("text", tokenizer_name="whitespace", index_option="freq")
        return tantivy.Index(schema.build(), path=str(folder))


class FTS5:
    """Its k1 and b are fixed at 1.2 and 0.75. Tokens are letters and digits: it cuts at spaces only."""

    def build(self, tokens: Path, folder: Path) -> None:
        database = sqlite3.connect(folder / "fts5.db")
        database.execute(
            "CREATE VIRTUAL TABLE paragraphs USING "
            "fts5(text, content='', tokenize='unicode61 remove_diacritics 0')"
        )
        numbered = enumerate(token_files.lines(tokens))
        database.executemany("INSERT INTO paragraphs (rowid, text) VALUES (?, ?)", numbered)
        database.execute("INSERT INTO paragraphs (paragraphs) VALUES ('optimize')")
        database.commit()
        database.close()

    def open(self, folder: Path) -> Search:
        database = sqlite3.connect(folder / "fts5.db")
        asking = f"SELECT rowid FROM paragraphs WHERE paragraphs MATCH ? ORDER BY rank LIMIT {LIMIT}"

        def search(terms: Sequence[str]) -> list[int]:
            wanted = " OR ".join(f'"{term}"' for term in dict.fromkeys(terms))
            return [row for (row,) in database.execute(asking, (wanted,))]

        return search


ENGINES: dict[str, Callable[[], Engine]] = {
    "wenju": Wenju,
    "wenju, no context": lambda: Wenju(context=False),
    "wenju, NumPy only": lambda: Wenju(numba=False),
    "rank-bm25": RankBM25,
    "bm25s, numba": BM25S,
    "tantivy": Tantivy,
    "SQLite FTS5": FTS5,
}
