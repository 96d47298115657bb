"""Bytes or text to a tree of elements without what nobody reads: scripts, form fields, hidden elements.

The parser is libxml2's: linear in time, without network, and never deeper than 2048 elements.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from retrieval.documents.blocks import UnreadableError
from retrieval.documents.formats.labelled_text import decode_labelled

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.etree import _Element as Element

_LABEL = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,30})""", re.IGNORECASE)
_LABEL_WITHIN = 8192  # bytes; browsers look at 1024, but pages begin with long scripts
_EMPTY = re.compile(
    r"<(?!(?:br|img|hr|meta|link|col|input|wbr|area|base)\b)([a-z][\w:-]*)(\s[^<>]*)?/>", re.IGNORECASE
)
_ENDS = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)  # the parser would stop here
_NAMES = (
    "script style template noscript iframe object embed applet svg canvas audio video map dialog"
    " button input select textarea datalist rt rp link"
)
_UNREAD = frozenset(_NAMES.split())
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)


def decode(data: bytes, label: str | None = None) -> str:
    """Return the text of a page, which `label` or else the page itself labels. Raise UnreadableError."""
    own = _LABEL.search(data[:_LABEL_WITHIN])
    return decode_labelled(data, label or (own[1].decode("ascii") if own else None))


def parse(text: str, *, xml: bool = False) -> Element:
    """Return the root of a page, without comments. Raise UnreadableError where there is nothing in it.

    In XML, unlike HTML, `<a/>` and `<title/>` are whole elements.
    """
    if xml or text.lstrip().startswith("<?xml"):
        text = _EMPTY.sub(r"<\1\2></\1>", text)
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True, no_network=True
    )
    try:
        root = etree.fromstring(_ENDS.sub("", text).encode(), parser=parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableError("网页里没有内容") from error
    if root is None:  # what is left of nothing but comments
        raise UnreadableError("网页里没有内容")
    if any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log):
        raise UnreadableError("标签嵌套过深")
    return root


def drop_unread(root: Element) -> None:
    """Empty what is never shown as text."""
    drop(root, _is_unread)


def drop(root: Element, unwanted: Callable[[Element], bool]) -> None:
    """Empty the outermost unwanted elements within `root`; the text after them stays."""
    walk = etree.iterwalk(root, events=("start",))
    for _, element in walk:
        if element is not root and unwanted(element):
            walk.skip_subtree()
            element.clear(keep_tail=True)  # to take each out of the tree would be quadratic


def _is_unread(element: Element) -> bool:
    return (
        element.tag in _UNREAD
        or "hidden" in element.attrib
        or _HIDDEN.search(element.get("style", "")) is not None
    )
