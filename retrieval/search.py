"""What a search is: paragraphs ranked for a question's terms by BM25, each in its context.

A term that a paragraph lacks still counts for it where its document (by DOCUMENT) or a neighbour (by
NEIGHBOUR) holds the term. A term that it holds counts once, by its own BM25: adding the whole document's
score instead would push many paragraphs of one article to the top.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Related = Sequence[tuple[str, str]]

DOCUMENT = 0.3
NEIGHBOUR = 0.05
RELATED = 1.0  # what a word with the same meaning counts, in shares of the question's own


class Searcher(Protocol):
    """Searches `rows` paragraphs; those of one document stand in consecutive rows, in their order."""

    rows: int

    def top(
        self, terms: Sequence[str], limit: int, related: Related = (), within: range | None = None
    ) -> list[tuple[int, float]]:
        """The `limit` best rows with their scores, best first, among equals the earlier; none at 0.

        `related` are words in normal form, each with one that may stand for it, as Question has them. Only
        rows `within` are taken where that is given: the rows of one document or of several in a row.
        """

    def idf_of(self, terms: Iterable[str]) -> dict[str, float]:
        """The idf of each of the terms that a row holds."""

    def highest_score(self, terms: Sequence[str]) -> float:
        """What no row can exceed: each term there countless times, an unknown one as if in one row."""

    def held(self, term: str) -> int:
        """How many rows hold the term."""

    def best_score(self, terms: Sequence[str], holding: str | None = None) -> float:
        """The highest score that a row gets by its own terms alone; only of rows `holding` a term."""

    def contributions(self, row: int, terms: Iterable[str]) -> dict[str, float]:
        """What each of the terms that a row holds adds to its score."""

    def document_rows(self, row: int) -> range:
        """The rows of the document of a row."""

    def document_holds(self, row: int, term: str) -> bool:
        """Whether the document of a row has the term anywhere."""

    def in_documents_with(self, rows: Iterable[int], term: str) -> set[int]:
        """Those of the rows whose documents have the term anywhere."""
