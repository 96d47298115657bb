"""A paragraph with its figures as it is stored, and what it is found by; where is not known here."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from retrieval import cells, language
from retrieval.figures import extract
from retrieval.metrics import whole_words
from retrieval.model import Cell, Figure, Paragraph, Picture
from retrieval.plain import folded
from retrieval.series.metric_index import metrics_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retrieval.dictionary import Dictionary

    WordsAndRuns = tuple[list[str], list[str]]


def _fields(kind: type, *left_out: str) -> list[str]:
    return [field.name for field in fields(kind) if field.name not in left_out]


_FIELDS = {
    Paragraph: _fields(Paragraph),
    Figure: _fields(Figure, "paragraph"),  # it stands beside
    Cell: _fields(Cell),
    Picture: _fields(Picture),
}
"""A record has the values of these in their order, without their names, which would be half of it."""

_TITLE, _SECTION, _TEXT = map(_FIELDS[Paragraph].index, ("title", "section", "text"))
_values_of = {kind: attrgetter(*names) for kind, names in _FIELDS.items()}
_to_json = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), default=lambda item: _values_of[type(item)](item)
).encode


@dataclass(frozen=True, slots=True)
class Row:
    """A paragraph as a Segment takes it: its record, and what it is found by.

    `words` and `runs` are what `words_and_runs` finds. `article` numbers the Document in its file; `metrics`
    are those of its figures, `characters` all different ones of title, section and text, `pictures` the keys
    of its images.
    """

    record: bytes
    words: Sequence[str]
    runs: Sequence[str]
    id: str
    article: int
    figures: int
    metrics: Sequence[str]
    characters: str
    pictures: Sequence[str]


def row_of(
    paragraph: Paragraph, words: Dictionary, of_heading: Callable[[str], WordsAndRuns] | None = None
) -> Row:
    """`of_heading` is for `words_and_runs`."""
    figures = _figures_in(paragraph, words)
    return Row(
        _encoded(paragraph, figures),
        *words_and_runs(paragraph, words, of_heading),
        paragraph.id,
        paragraph.article,
        len(figures),
        list(dict.fromkeys(metrics_in(paragraph.text, figures))) if figures else [],
        "".join(set(folded(f"{_heading(paragraph.title, paragraph.section)}{paragraph.text}"))),
        [picture.key for picture in paragraph.pictures],
    )


def encode(paragraph: Paragraph, words: Dictionary) -> bytes:
    """The record of a paragraph: a line of JSON for itself and one for the figures in its text."""
    return _encoded(paragraph, _figures_in(paragraph, words))


def _encoded(paragraph: Paragraph, figures: Sequence[Figure]) -> bytes:
    return f"{_to_json(paragraph)}\n{_to_json(figures)}\n".encode()


def _figures_in(paragraph: Paragraph, words: Dictionary) -> list[Figure]:
    """Find a paragraph's figures: in a table's row by its cells, else by the words around them."""
    if paragraph.cells:
        return cells.figures(paragraph.text, paragraph.cells)
    found = extract(paragraph.text)
    return [whole_words(figure, paragraph.text, words.words) for figure in found]


def words_and_runs(
    paragraph: Paragraph, words: Dictionary, of_heading: Callable[[str], WordsAndRuns] | None = None
) -> WordsAndRuns:
    """What a paragraph is found by: its title, section and text, as one field.

    `of_heading` gives the words and runs of a title or a section where they are kept: many share these.
    """
    in_heading = of_heading or (lambda heading: language.words_and_runs(heading, words))
    headings = [paragraph.title, paragraph.section] if paragraph.section else [paragraph.title]
    parts = [*map(in_heading, headings), language.words_and_runs(paragraph.text, words)]
    return [word for some, _ in parts for word in some], [run for _, some in parts for run in some]


def _heading(title: str, section: str | None) -> str:
    return f"{title}\n{section or ''}\n"


def decode(record: bytes) -> tuple[Paragraph, tuple[Figure, ...]]:
    """Return what `encode` was given, and the figures."""
    itself, found = map(json.loads, record.splitlines())
    values = dict(zip(_FIELDS[Paragraph], itself, strict=True))
    values["cells"] = tuple(Cell(*cell) for cell in values["cells"])
    values["pictures"] = tuple(Picture(*picture) for picture in values["pictures"])
    paragraph = Paragraph(**values)
    return paragraph, tuple(_figure(figure, paragraph.id) for figure in found)


def _figure(values: list[Any], paragraph: str) -> Figure:
    fields = dict(zip(_FIELDS[Figure], values, strict=True))
    if isinstance(fields["value"], list):  # of a range
        fields["value"] = tuple(fields["value"])
    return Figure(**fields, paragraph=paragraph)


def decode_texts(record: bytes) -> tuple[str, str]:
    """Return what stands above a paragraph, and its text."""
    values = json.loads(record.partition(b"\n")[0])
    return _heading(values[_TITLE], values[_SECTION]), values[_TEXT]
