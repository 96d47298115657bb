"""How far a build is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` files are through; `path` is the next one.

    Where the engine is `filling`, it has taken so many of all paragraphs.
    """

    done: int
    total: int
    path: str
    filling: bool = False
