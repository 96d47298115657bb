"""What a paragraph holds: its text as it is shown, and what is anchored in it.

Hidden and deleted text and the instructions of fields are left out. Raised digits stay raised (`10⁸`), for on
the line they would be another number. Formulas are written on one line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from retrieval.documents.formats.word.markup import M, W, flattened, is_on, value, whole

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_RUN = W + "r"
_CHARACTERS = {
    W + "tab": "\t",
    W + "ptab": "\t",
    W + "cr": "\n",
    W + "noBreakHyphen": "-",
}
_OBJECTS = frozenset((W + "drawing", W + "pict", W + "object"))
_NOTES = {W + "footnoteReference": "footnotes", W + "endnoteReference": "endnotes"}
_FORMULAS = frozenset((M + "oMath", M + "oMathPara"))
_FRACTION, _POWER = {M + "num", M + "den"}, {M + "e", M + "sup"}
_RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_RAISABLE = frozenset("0123456789+-−")


@dataclass(slots=True)
class Inline:
    """`text` has a line break where the paragraph has one; `notes` are of a kind and have an identifier."""

    text: str = ""
    objects: list[Element] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)


def inline(paragraph: Element) -> Inline:
    """Return what a paragraph holds, in order."""
    found = Inline()
    pieces: list[str] = []
    fields: list[bool] = []  # for each open field, whether its result has begun
    waiting = [*reversed(list(flattened(paragraph)))]
    while waiting:
        element = waiting.pop()
        if element.tag in _FORMULAS:
            pieces.append(_formula(element))
        elif element.tag == _RUN:
            if not is_on(element.find(f"{W}rPr/{W}vanish")):
                waiting.extend(reversed(list(flattened(element))))
        elif element.tag == W + "fldChar":
            _follow(fields, element.get(W + "fldCharType"))
        elif element.tag in _OBJECTS:
            found.objects.append(element)
        elif element.tag in _NOTES:
            found.notes.append((_NOTES[element.tag], element.get(W + "id", "")))
        elif all(fields):
            pieces.append(_shown(element))
    found.text = "".join(pieces)
    return found


def _follow(fields: list[bool], mark: str | None) -> None:
    if mark == "begin":
        fields.append(False)
    elif fields and mark == "separate":
        fields[-1] = True
    elif fields and mark == "end":
        fields.pop()


def _shown(element: Element) -> str:
    """Return the characters that an element of a run stands for."""
    if element.tag == W + "br":
        return "\n" if element.get(W + "type", "textWrapping") == "textWrapping" else ""
    if element.tag != W + "t":
        return _CHARACTERS.get(str(element.tag), "")
    text = element.text or ""
    return text.translate(_RAISED) if _RAISABLE.issuperset(text) and _is_raised(element.getparent()) else text


def _is_raised(run: Element | None) -> bool:
    """Whether a run stands above the line: as superscript, or by half-points as LibreOffice writes it."""
    return value(run, "rPr/vertAlign") == "superscript" or whole(value(run, "rPr/position")) > 0


def _formula(element: Element) -> str:
    """Return a formula on one line, fractions with a slash and exponents with a caret."""
    if element.tag == M + "t":
        return element.text or ""
    parts = [(child.tag, _formula(child)) for child in element]
    places = dict(parts)
    if element.tag == M + "f" and places.keys() >= _FRACTION:
        return f"({places[M + 'num']})/({places[M + 'den']})"
    if element.tag == M + "sSup" and places.keys() >= _POWER:
        return f"{places[M + 'e']}^{places[M + 'sup']}"
    return "".join(text for _, text in parts)
