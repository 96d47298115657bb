"""A paragraph with its figures as it is stored, and what it is found by; where is not known here."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from retrieval import cells, language
from retrieval.figures import extract
from retrieval.metrics import whole_words
from retrieval.model import Cell, Figure, Paragraph, Picture

if TYPE_CHECKING:
    from retrieval.dictionary import Dictionary


def encode(paragraph: Paragraph, words: Dictionary) -> bytes:
    """The stored form of a paragraph: a line of JSON for itself and one for the figures in its text."""
    figures = [{**asdict(figure), "paragraph": paragraph.id} for figure in _figures_in(paragraph, words)]
    lines = (json.dumps(part, ensure_ascii=False) for part in (asdict(paragraph), figures))
    return "".join(f"{line}\n" for line in lines).encode()


def _figures_in(paragraph: Paragraph, words: Dictionary) -> list[Figure]:
    """Find a paragraph's figures: in a table's row by its cells, else by the words around them."""
    if paragraph.cells:
        return cells.figures(paragraph.text, paragraph.cells)
    found = extract(paragraph.text)
    return [whole_words(figure, paragraph.text, words.words) for figure in found]


def tokens(paragraph: Paragraph, words: Dictionary) -> list[str]:
    """What a paragraph is found by: its title, section and text, as one field."""
    parts = (paragraph.title, paragraph.section, paragraph.text)
    return [token for part in parts if part for token in language.tokens(part, words)]


def heading(fields: dict[str, Any]) -> str:
    """What stands above a paragraph, from its stored form."""
    return f"{fields['title']}\n{fields['section'] or ''}\n"


def decode_paragraph(fields: dict[str, Any]) -> Paragraph:
    values = tuple(Cell(**cell) for cell in fields["cells"])
    pictures = tuple(Picture(**picture) for picture in fields["pictures"])
    return Paragraph(**{**fields, "cells": values, "pictures": pictures})


def decode_figure(fields: dict[str, Any]) -> Figure:
    value = fields["value"]
    return Figure(**{**fields, "value": tuple(value) if isinstance(value, list) else value})  # of a range
