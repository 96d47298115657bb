"""Blocks: the lines and paragraphs of a file as its format's reader sees them.

Every reader yields blocks, whatever the format; cleaning, rejoining and the making of Documents are the
same for all. A reader of lines yields a block a line, a reader of paragraphs a block a paragraph.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["heading", "text", "item", "row", "code", "caption", "byline", "gap"]


@dataclass(frozen=True, slots=True)
class Block:
    """A line or a paragraph, with what the layout says of it.

    `level` is a heading's, 1 for an article's title. `spaced` is true where a blank line or a paragraph's end
    stands before the block, `indented` where it begins with a paragraph's indent. A `byline` says
    who, whence or when, and a `gap` is a place where the file leaves text out.
    """

    kind: Kind
    text: str
    level: int = 0
    spaced: bool = True
    indented: bool = False
