"""Reads files into Documents: bytes, blocks, cleaned and rejoined, articles.

A format is a module of `formats`; what comes after it is the same for all. A file that cannot be read is a
DocumentError with its reason, never an empty success.
"""

from __future__ import annotations

from retrieval.documents.archives import read_member
from retrieval.documents.blocks import UnreadableError
from retrieval.documents.folder import LARGEST, find_files, is_left_out
from retrieval.documents.reading import SUFFIXES, FileContent, Surroundings, read_file
from retrieval.documents.sections import HEADING_SEPARATOR

__all__ = [
    "HEADING_SEPARATOR",
    "LARGEST",
    "SUFFIXES",
    "FileContent",
    "Surroundings",
    "UnreadableError",
    "find_files",
    "is_left_out",
    "read_file",
    "read_member",
]
