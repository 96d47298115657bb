"""The article that a text was taken from, such as a forwarded news text: the same words in the same order.

Only an article that holds most of the text is taken; one about the same things is another article.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrieval.language import normalise

if TYPE_CHECKING:
    from retrieval.snapshot import Snapshot

HELD = 0.5
"""The share of the text's runs of RUN characters that its article has to hold. Reports of one event share
fewer; what people add when they forward a text (a greeting, a link, a signature) seldom is half of it."""
RUN = 4
_READ = 600  # characters of the text; its beginning is enough
_LEAST = 12  # characters that tell an article
_PARAGRAPHS = 20  # nearest ones, whose articles are compared


def origin(snapshot: Snapshot, text: str) -> range | None:
    """The rows of the article that `text` comes from; None where no article is clearly that."""
    runs = _runs(text[:_READ])
    if len(runs) <= _LEAST - RUN:
        return None
    nearest = snapshot.nearest(text[:_READ], _PARAGRAPHS)
    articles = dict.fromkeys(snapshot.searcher.document_rows(row) for row in nearest)
    shares = [(_held(snapshot, rows, runs), rows) for rows in articles]
    share, rows = max(shares, key=lambda found: found[0], default=(0.0, range(0)))
    return rows if share >= HELD else None


def _held(snapshot: Snapshot, rows: range, runs: frozenset[str]) -> float:
    missing = set(runs)
    for row in rows:
        paragraph, _ = snapshot.at(row)
        missing -= _runs(paragraph.text)
        if row == rows.start:
            missing -= _runs(paragraph.title)
    return 1 - len(missing) / len(runs)


def _runs(text: str) -> frozenset[str]:
    """All runs of RUN letters and digits, whatever stands between them."""
    bare = "".join(filter(str.isalnum, normalise(text)))
    return frozenset(bare[start : start + RUN] for start in range(len(bare) - RUN + 1))
