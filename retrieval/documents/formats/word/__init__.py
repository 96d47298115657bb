"""Word documents (`.docx`, `.docm`, `.dotx`) to blocks, in the order in which they are read.

Text boxes, content controls and footnotes are text too; headers, footers, comments and tables of contents are
not. Automatic numbers are written out. Pictures and charts follow the paragraph that they are anchored in.
The file is read part by part with lxml, since python-docx takes all parts or, where one is missing, none.
"""

from __future__ import annotations

from retrieval.documents.blocks import Content
from retrieval.documents.formats.word.package import Package
from retrieval.documents.formats.word.properties import metadata
from retrieval.documents.formats.word.story import Story

__all__ = ["read"]


def read(data: bytes) -> Content:
    """Return a file's blocks, and its title where only its properties say it. Raise UnreadableError."""
    package = Package(data)
    main = package.main()
    story = Story(package, main)
    return Content(story.blocks(), metadata(package.properties(), story.opening(), titled=story.is_titled))
