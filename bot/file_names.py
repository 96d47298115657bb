"""Safe names for files that people send: one path component that every file system can store and show.

It looks at no folder: whether a name is taken is the folder's concern.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 200
"""Bytes of UTF-8 in a name: below the 255 of file systems, with room for what a copy or a sync adds."""

UNNAMED = "文档"

_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,10}$", re.ASCII)
# Controls, format characters (bidirectional ones among them), lone surrogates, line and paragraph separators.
_UNSTORABLE = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
_RESERVED_CHARACTERS = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.ASCII | re.IGNORECASE)
_EDGES = " .~$"  # of hidden files, of editors' leftovers, and what Windows drops from an end
_BEFORE_A_DOT = re.compile(r"[ .~$]+(?=\.)")


def safe_name(name: str) -> str:
    """Return the last part of a path as a name of at most LONGEST bytes, its suffix kept.

    A safe name stays as it is; one with nothing left before its suffix becomes UNNAMED.
    """
    characters = (" " if character.isspace() else character for character in name)
    storable = "".join(one for one in characters if unicodedata.category(one) not in _UNSTORABLE)
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", storable).rstrip(" /\\"))[-1].rstrip(_EDGES)
    whole = _BEFORE_A_DOT.sub("", _RESERVED_CHARACTERS.sub("_", " ".join(last.split())))
    suffix = suffix_of(whole)
    stem = whole.removesuffix(suffix).lstrip(_EDGES)
    return _fitted(f"_{stem}" if _RESERVED.match(stem) else stem, suffix)


def suffix_of(name: str) -> str:
    """Return the suffix with its dot, as it is written; empty where there is none."""
    match = _SUFFIX.search(name)
    return match[0] if match else ""


def numbered(name: str, number: int) -> str:
    """Return the safe name with ` (number)` before its suffix, still within LONGEST bytes."""
    suffix = suffix_of(name)
    return _fitted(name.removesuffix(suffix), f" ({number}){suffix}")


def _fitted(stem: str, end: str) -> str:
    room = LONGEST - len(end.encode())
    return (stem.encode()[:room].decode(errors="ignore").rstrip(_EDGES) or UNNAMED) + end
