"""WordprocessingML: the names of its elements, and its children without what only wraps them.

A reader sees the text as it is shown: what was inserted and tracked is in it, what was deleted is not, and of
alternatives for newer and older programs there is one.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element

_OPEN_XML = "http://schemas.openxmlformats.org"
W = f"{{{_OPEN_XML}/wordprocessingml/2006/main}}"
A = f"{{{_OPEN_XML}/drawingml/2006/main}}"
C = f"{{{_OPEN_XML}/drawingml/2006/chart}}"
DGM = f"{{{_OPEN_XML}/drawingml/2006/diagram}}"
M = f"{{{_OPEN_XML}/officeDocument/2006/math}}"
R = f"{{{_OPEN_XML}/officeDocument/2006/relationships}}"
_MC = f"{{{_OPEN_XML}/markup-compatibility/2006}}"
V = "{urn:schemas-microsoft-com:vml}"

_VALUE = W + "val"
_CONTENT_CONTROL = W + "sdt"
_ALTERNATIVES = _MC + "AlternateContent"
_WRAPPERS = frozenset(
    W + name
    for name in (
        *("ins", "moveTo", "hyperlink", "fldSimple", "smartTag", "customXml", "dir", "bdo", "sdtContent"),
        *("ruby", "rubyBase"),
    )
) | {_MC + "Choice", _MC + "Fallback"}
_UNKNOWN_TO_US = frozenset(("cx", "cx1", "cx2", "cx4"))  # kinds of charts whose fallback is a picture
_OFF = frozenset(("0", "false", "off", "none"))


def flattened(element: Element) -> Iterator[Element]:
    """Yield the children in order; in a wrapper's place, what is in it."""
    waiting = list(reversed(element))
    while waiting:
        child = waiting.pop()
        if child.tag in _WRAPPERS:
            waiting.extend(reversed(child))
        elif child.tag == _CONTENT_CONTROL:
            if not _is_filler(child):
                waiting.extend(reversed(child.findall(W + "sdtContent")))
        elif child.tag == _ALTERNATIVES:
            if (chosen := _chosen(child)) is not None:
                waiting.append(chosen)
        else:
            yield child


def _is_filler(control: Element) -> bool:
    """Whether a content control holds a table of contents, or only the words that ask to fill it in."""
    gallery = control.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
    contents = gallery is not None and gallery.get(W + "val") == "Table of Contents"
    return contents or is_on(control.find(f"{W}sdtPr/{W}showingPlcHdr"))


def _chosen(alternatives: Element) -> Element | None:
    for choice in alternatives.findall(_MC + "Choice"):
        if _UNKNOWN_TO_US.isdisjoint(choice.get("Requires", "").split()):
            return choice
    return alternatives.find(_MC + "Fallback")


def is_on(switch: Element | None) -> bool:
    """Whether an element that switches something on is there, and does."""
    return switch is not None and switch.get(W + "val", "1") not in _OFF


def value(element: Element | None, path: str) -> str | None:
    """Return the `w:val` of the element at a path of names such as `pPr/jc`; None where it is missing."""
    found = None if element is None else element.find(_full(path))
    return None if found is None else found.get(_VALUE)


@cache
def _full(path: str) -> str:
    return "/".join(W + name for name in path.split("/"))


def whole(text: str | None, default: int = 0) -> int:
    """Return an attribute's whole number, `default` where it is none of up to nine digits."""
    if text is None or len(text) > 9 or not text.removeprefix("-").isdecimal():
        return default
    return int(text)
