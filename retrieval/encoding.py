"""A paragraph with its figures as it is stored, and what it is found by; where is not known here."""

from __future__ import annotations

import json
from collections import Counter
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
    from collections.abc import Callable, Mapping, Sequence

    from retrieval.dictionary import Dictionary

_to_json = json.JSONEncoder(ensure_ascii=False).encode


def _as_dict(kind: type) -> Callable[[Any], dict[str, Any]]:
    """As dataclasses.asdict, but not what is within; it takes a tenth of the time."""
    names = tuple(field.name for field in fields(kind))
    values = attrgetter(*names)
    return lambda item: dict(zip(names, values(item), strict=True))


_paragraph, _figure, _cell, _picture = map(_as_dict, (Paragraph, Figure, Cell, Picture))


@dataclass(frozen=True, slots=True)
class Row:
    """A paragraph as a Segment takes it: its stored form, and how often each of its terms occurs.

    `article` numbers the Document in its file; `metrics` are those of its figures, `characters` all different
    ones of title, section and text, `pictures` the keys of its images.
    """

    record: bytes
    counts: Mapping[str, int]
    id: str
    article: int
    figures: int
    metrics: Sequence[str]
    characters: str
    pictures: Sequence[str]


def row_of(
    paragraph: Paragraph, words: Dictionary, of_heading: Callable[[str], list[str]] | None = None
) -> Row:
    """`of_heading` gives the tokens of a title or a section where they are kept: paragraphs share these."""
    figures = _figures_in(paragraph, words)
    return Row(
        _encoded(paragraph, figures),
        Counter(tokens(paragraph, words, of_heading)),
        paragraph.id,
        paragraph.article,
        len(figures),
        list(dict.fromkeys(metrics_in(paragraph.text, figures))) if figures else [],
        "".join(set(folded(f"{_heading(paragraph.title, paragraph.section)}{paragraph.text}"))),
        [picture.key for picture in paragraph.pictures],
    )


def encode(paragraph: Paragraph, words: Dictionary) -> bytes:
    """The stored form of a paragraph: a line of JSON for itself and one for the figures in its text."""
    return _encoded(paragraph, _figures_in(paragraph, words))


def _encoded(paragraph: Paragraph, figures: Sequence[Figure]) -> bytes:
    cells = [*map(_cell, paragraph.cells)]
    pictures = [*map(_picture, paragraph.pictures)]
    itself = {**_paragraph(paragraph), "cells": cells, "pictures": pictures}
    found = [{**_figure(figure), "paragraph": paragraph.id} for figure in figures]
    return f"{_to_json(itself)}\n{_to_json(found)}\n".encode()


def _figures_in(paragraph: Paragraph, words: Dictionary) -> list[Figure]:
    """Find a paragraph's figures: in a table's row by its cells, else by the words around them."""
    if paragraph.cells:
        return cells.figures(paragraph.text, paragraph.cells)
    found = extract(paragraph.text)
    return [whole_words(figure, paragraph.text, words.words) for figure in found]


def tokens(
    paragraph: Paragraph, words: Dictionary, of_heading: Callable[[str], list[str]] | None = None
) -> list[str]:
    """What a paragraph is found by: its title, section and text, as one field.

    `of_heading` gives the tokens of a title or a section where they are kept: paragraphs share these.
    """
    in_heading = of_heading or (lambda heading: language.tokens(heading, words))
    section = in_heading(paragraph.section) if paragraph.section else []
    return [*in_heading(paragraph.title), *section, *language.tokens(paragraph.text, words)]


def heading(fields: dict[str, Any]) -> str:
    """What stands above a paragraph, from its stored form."""
    return _heading(fields["title"], fields["section"])


def _heading(title: str, section: str | None) -> str:
    return f"{title}\n{section or ''}\n"


def decode_paragraph(fields: dict[str, Any]) -> Paragraph:
    values = tuple(Cell(**cell) for cell in fields["cells"])
    pictures = tuple(Picture(**picture) for picture in fields["pictures"])
    return Paragraph(**{**fields, "cells": values, "pictures": pictures})


def decode_figure(fields: dict[str, Any]) -> Figure:
    value = fields["value"]
    return Figure(**{**fields, "value": tuple(value) if isinstance(value, list) else value})  # of a range
