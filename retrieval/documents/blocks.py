"""Blocks: the lines and paragraphs, tables and images of a file as its format's reader sees them.

Every reader yields blocks, whatever the format; captions, cleaning, rejoining and the making of Documents are
the same for all. A reader of lines yields a block a line, a reader of paragraphs a block a paragraph.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from retrieval.documents.metadata import NOTHING_SAID

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from retrieval.documents.metadata import Metadata
    from retrieval.model import Picture

Kind = Literal[
    "heading", "text", "item", "code", "caption", "byline", "gap", "table", "picture", "scan", "remark"
]


BESIDE_TITLE = frozenset[Kind](("byline", "gap", "picture", "table"))
"""Kinds of what may stand before the title of an article, and is never the title."""


# A table may not become much larger than its file by being filled up.
_SPARE, _RAGGED = 16, 2


class UnreadableError(ValueError):
    """The bytes cannot be read as their format; the message is the reason in one clause of Chinese."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, all of one length; the text of a merged cell stands in each place that it covers.

    `heads` is how many of the first rows are heads, None where the format does not say.
    """

    rows: tuple[tuple[str, ...], ...]
    heads: int | None = None

    @classmethod
    def of(cls, rows: Sequence[Sequence[str]], heads: int | None = None) -> Table:
        """Fill up rows of unequal length; the end of one that is far longer than the others is one cell."""
        longest = _SPARE + _RAGGED * sum(map(len, rows)) // (len(rows) or 1)
        width = min(longest, max(map(len, rows), default=0))
        even = (
            (*row, *[""] * (width - len(row)))
            if len(row) <= width
            else (*row[: width - 1], " ".join(filter(None, row[width - 1 :])))
            for row in rows
        )
        return cls(tuple(even), heads)


@dataclass(frozen=True, slots=True)
class Block:
    """A line or a paragraph, with what the layout says of it.

    `level` is a heading's, 1 for an article's title. `spaced` is true where a blank line or a paragraph's end
    stands before the block, `indented` where it begins with a paragraph's indent. A `byline` says
    who, whence or when, and a `gap` is a place where the file leaves text out.

    A `table` has its `table`; a `picture` its `image`, an image file's bytes, or the `reference`, a relative
    path to one beside the file. Their `text` is the caption where the format names one, else empty. A `scan`
    is the image of a page without text. A `remark` is no text: it says what of the file is left out, and why.
    `page` counts from 1 where the format has pages.

    What readers leave unset: `picture` is the image as it was stored, of a picture or of the page that a text
    was read from; `recognised` the text read in a picture; `confidence`, from 0 to 1, is that of text read.
    """

    kind: Kind
    text: str
    level: int = 0
    spaced: bool = True
    indented: bool = False
    page: int | None = None
    table: Table | None = None
    image: bytes | None = None
    reference: str | None = None
    picture: Picture | None = None
    recognised: str = ""
    confidence: float | None = None


STILL_READING = Block("remark", "")
"""What a reader yields now and again while it gathers long what its next block needs; it says nothing."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a format's reader makes of a file. `blocks` may be read only once, as the file is gone through.

    `metadata` is what the file says outside of its text, and only where that can be relied on.
    """

    blocks: Iterable[Block]
    metadata: Metadata = NOTHING_SAID
