"""The front matter of a text: YAML between `---` lines at its beginning, with English or Chinese keys.

Where it is no YAML, as with a title that holds a colon or full-width colons, its lines are read one by one;
where no line of it is known, it is no front matter and stays in the text.
"""

from __future__ import annotations

import datetime as dt
import re

import yaml

from retrieval.documents import article_date
from retrieval.documents.metadata import Metadata

_KEYS = {
    "title": ("title", "标题", "题目", "题名"),
    "date": ("date", "日期", "时间", "发布日期", "发布时间", "published", "created"),
    "source": ("source", "来源", "出处", "publisher"),
    "author": ("author", "authors", "作者", "记者"),
}
_MATTER = re.compile(r"\s*---[ \t]*\r?\n(.{0,20000}?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_LINE = re.compile(r"\s*([^\s:：]+)\s*[:：]\s*(.*?)\s*")


def split(text: str) -> tuple[Metadata, str]:
    """Return what the front matter says, and the text after it."""
    match = _MATTER.match(text)
    given = _read(match[1]) if match else {}
    fields = {field: value for field, names in _KEYS.items() if (value := _first(given, names)) is not None}
    if not match or not fields:
        return Metadata(), text
    if "date" in fields:
        fields["date"] = article_date.iso(fields["date"]) or ""
    return Metadata(**{field: value or None for field, value in fields.items()}), text[match.end() :]


def _read(matter: str) -> dict[str, object]:
    try:
        given = yaml.safe_load(matter)
    except (yaml.YAMLError, ValueError, RecursionError):  # ValueError: a date such as 2022-13-45
        given = None
    if not isinstance(given, dict):
        lines = (_LINE.fullmatch(line) for line in matter.splitlines())
        given = {line[1]: line[2].strip("\"'“”") for line in lines if line}
    return {str(key).strip().lower(): value for key, value in given.items()}


def _first(given: dict[str, object], names: tuple[str, ...]) -> str | None:
    return next((text for name in names if (text := _text(given.get(name)))), None)


def _text(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    if isinstance(value, list):
        return "、".join(filter(None, map(_text, value)))
    return " ".join(str(value).split()) if isinstance(value, str | int | float) else ""
