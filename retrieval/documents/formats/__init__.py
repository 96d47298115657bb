"""The formats that can be read, a module each, and which suffix names which.

A format's module has `read(data: bytes) -> Content`. It is loaded with the first file of its kind, since the
libraries behind some of them take their time.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from retrieval.documents.blocks import Content

    Reader = Callable[[bytes], Content]

_MODULES = {
    ".csv": "comma_separated",
    ".tsv": "comma_separated",
    ".xlsm": "spreadsheet",
    ".xlsx": "spreadsheet",
    ".pdf": "pdf",
    ".txt": "plain_text",
    ".text": "plain_text",
    ".md": "plain_text",
    ".markdown": "plain_text",
    ".docx": "word",
    ".docm": "word",
    ".dotx": "word",
    ".html": "web_page",
    ".htm": "web_page",
    ".xhtml": "web_page",
    ".shtml": "web_page",
    ".mhtml": "web_archive",
    ".mht": "web_archive",
    ".eml": "mail",
    ".epub": "book",
    ".png": "image",
    ".jpg": "image",
    ".jpeg": "image",
    ".webp": "image",
    ".bmp": "image",
    ".tif": "image",
    ".tiff": "image",
}

SUFFIXES = frozenset(_MODULES)
"""The suffixes of the formats, in small letters with their dot."""


def reader_of(suffix: str) -> Reader | None:
    """Return what reads files of a suffix; None where nothing does."""
    name = _MODULES.get(suffix)
    return cast("Reader", import_module(f"{__name__}.{name}").read) if name else None
