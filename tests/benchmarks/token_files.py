"""The files that all engines read, from `made_tokens`. It imports little: its users' memory is measured.

`tokens.txt` has a paragraph a line, its tokens with spaces between; `documents.npy` the document of each; and
`queries.txt` a query a line, as `question_terms` cuts a question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKENS, DOCUMENTS, QUERIES = "tokens.txt", "documents.npy", "queries.txt"


def lines(folder: Path) -> Iterator[str]:
    """Yield the tokens of one paragraph after another."""
    with (folder / TOKENS).open(encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\n")


def queries(folder: Path) -> list[list[str]]:
    return [line.split() for line in (folder / QUERIES).read_text(encoding="utf-8").splitlines()]
