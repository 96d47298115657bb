"""What a Word file says of itself, as far as that can be relied on: a title, where the text has none.

Its dates are those of the file and not of the article, its author is whoever installed Word, and its title
is often that of another file which it was made from.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retrieval.documents.lines import tidy
from retrieval.documents.metadata import NOTHING_SAID, Metadata
from retrieval.documents.sentences import is_title

if TYPE_CHECKING:
    from retrieval.documents.formats.word.package import Part

_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_DEFAULT = re.compile(
    r"(?:Microsoft\s*)?(?:Office\s*)?Word\s*(?:文档|文件|Document)?|新建.*|无标题.*|未命名.*|文档\s*\d*|Untitled.*"
    r"|(?:PowerPoint\s*)?(?:演示文稿|Presentation)|Document\s*\d*|标题|Title|目\s*录|附件\s*\d*|.*\.(?:docx?|wps|html?|txt)",
    re.IGNORECASE,
)
_BLANK = re.compile(r"\s+")


def metadata(properties: Part | None, opening: list[str], *, titled: bool) -> Metadata:
    """Return the title of the properties where the text has none and nothing speaks against it.

    `opening` are the first lines of the text, `titled` says whether it has a title.
    """
    title = tidy((None if properties is None else properties.root.findtext(_TITLE)) or "")
    if titled or not opening or not is_title(title) or _DEFAULT.fullmatch(title):
        return NOTHING_SAID
    bare = _BLANK.sub("", title)
    if bare == _BLANK.sub("", opening[0]):
        return NOTHING_SAID
    stands_there = bare in _BLANK.sub("", "".join(opening))
    return Metadata(title=title) if stands_there or not is_title(opening[0]) else NOTHING_SAID
