"""Log entries as rows of the database and back. Knows the columns; executes no SQL."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.log.entry import Entry, Vote
from retrieval.model import (
    Answer,
    Cell,
    Figure,
    Hit,
    Paragraph,
    Picture,
    Point,
    Question,
    Series,
    Source,
    Statement,
    Wanted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from retrieval.model import Span

Row = dict[str, Any]
Value = float | str | tuple[float, float] | tuple[str, str] | None

PARAGRAPH_COLUMNS = tuple(Paragraph.__slots__)


def stamp(at: datetime) -> str:
    """UTC as ISO 8601 of one width, so that text order is time order."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def query_row(entry: Entry) -> Row:
    answer, question = entry.answer, entry.answer.question
    return _clean(
        {
            "id": entry.id,
            "at": stamp(entry.at),
            "question": question.text,
            "normal": question.normal,
            "read_as": question.read_as,
            "suggestion": answer.suggestion,
            "terms": _dump(question.terms),
            "wanted": _dump(asdict(question.wanted)),
            "found": int(answer.found),
            "near": int(answer.near),
            "milliseconds": float(answer.milliseconds),
            "stages": _dump(answer.stages),
            "snapshot": answer.snapshot,
            "pictures": _dump([asdict(picture) for picture in answer.pictures]),
            "series": _dump(asdict(answer.series)) if answer.series else None,
            "asker": entry.asker,
            "chat": entry.chat,
            "chat_kind": entry.chat_kind,
            "language": entry.language,
            "source": entry.source,
            "message": entry.message,
            "reply": entry.reply,
        }
    )


def paragraph_rows(answer: Answer) -> list[Row]:
    """Return a row for each Paragraph shown, once."""
    return [
        _clean(
            {
                **{name: getattr(p, name) for name in PARAGRAPH_COLUMNS},
                "continues": int(p.continues),
                "cells": _dump([asdict(cell) for cell in p.cells]),
                "pictures": _dump([asdict(picture) for picture in p.pictures]),
            }
        )
        for p in _shown(answer).values()
    ]


def hit_rows(entry: Entry) -> list[Row]:
    return [
        {
            "query": entry.id,
            "rank": rank,
            "paragraph": hit.paragraph.id,
            "score": float(hit.score),
            "marks": _dump(hit.marks),
            "answering": _dump(hit.answering),
            "continued": _dump([paragraph.id for paragraph in hit.continued]),
            "same_as": hit.same_as,
            "checked": int(hit.checked),
        }
        for rank, hit in enumerate(entry.answer.hits, 1)
    ]


def figure_rows(entry: Entry) -> list[Row]:
    shown = _shown(entry.answer)
    return [
        _clean(
            {
                **asdict(figure),
                "query": entry.id,
                "rank": rank,
                "value": _dump(figure.value),
                "paragraph": figure.paragraph if figure.paragraph in shown else None,
            }
        )
        for rank, figure in enumerate(entry.answer.figures, 1)
    ]


def vote_row(vote: Vote) -> Row:
    return _clean({**asdict(vote), "at": stamp(vote.at)})


def vote_of(row: Row) -> Vote:
    return Vote(**{**row, "at": datetime.fromisoformat(row["at"])})


def entry_of(
    row: Row,
    hits: Iterable[Row],
    continued: Mapping[str, Paragraph],
    figures: Iterable[Row],
    votes: Iterable[Row],
) -> Entry:
    """Make an entry of a row of `queries` and its rows elsewhere; `hits` are joined with their paragraphs."""
    return Entry(
        id=row["id"],
        at=datetime.fromisoformat(row["at"]),
        answer=_answer(row, [_hit(hit, continued) for hit in hits], figures),
        asker=row["asker"],
        chat=row["chat"],
        chat_kind=row["chat_kind"],
        language=row["language"],
        source=row["source"],
        message=row["message"],
        reply=row["reply"],
        votes=tuple(map(vote_of, votes)),
    )


def paragraph_of(row: Row) -> Paragraph:
    fields = {name: row[name] for name in PARAGRAPH_COLUMNS}
    return Paragraph(
        **{
            **fields,
            "continues": bool(row["continues"]),
            "cells": tuple(Cell(**cell) for cell in json.loads(row["cells"])),
            "pictures": _pictures(row["pictures"]),
        }
    )


def series_of(text: str) -> Series:
    """Read a Series, equal to the one that was written."""
    fields = json.loads(text)
    points = (
        Point(point["period"], tuple(_statement(statement) for statement in point["statements"]))
        for point in fields["points"]
    )
    sources = (Source(**source) for source in fields["sources"])
    return Series(**{**fields, "points": tuple(points), "sources": tuple(sources)})


def _answer(row: Row, hits: Iterable[Hit], figures: Iterable[Row]) -> Answer:
    wanted = Wanted(**json.loads(row["wanted"]))
    return Answer(
        question=Question(
            text=row["question"],
            normal=row["normal"],
            terms=tuple(json.loads(row["terms"])),
            wanted=replace(wanted, kinds=tuple(wanted.kinds)),
            read_as=row["read_as"],
        ),
        found=bool(row["found"]),
        near=bool(row["near"]),
        hits=tuple(hits),
        figures=tuple(_figure(figure) for figure in figures),
        pictures=_pictures(row["pictures"]),
        series=series_of(row["series"]) if row["series"] else None,
        suggestion=row["suggestion"],
        snapshot=row["snapshot"],
        stages=json.loads(row["stages"]),
    )


def _shown(answer: Answer) -> dict[str, Paragraph]:
    """Return each Paragraph shown, once, by its id."""
    return {p.id: p for hit in answer.hits for p in (*hit.continued, hit.paragraph)}


def _hit(row: Row, continued: Mapping[str, Paragraph]) -> Hit:
    return Hit(
        paragraph=paragraph_of(row),
        score=row["score"],
        marks=_spans(row["marks"]),
        answering=_spans(row["answering"]),
        continued=tuple(continued[paragraph] for paragraph in json.loads(row["continued"])),
        same_as=row["same_as"],
        checked=bool(row["checked"]),
    )


def _pictures(text: str) -> tuple[Picture, ...]:
    """Read the pictures, without those of early releases, which were never stored and have no key."""
    return tuple(Picture(**picture) for picture in json.loads(text) if "key" in picture)


def _statement(fields: Row) -> Statement:
    figure = Figure(**{**fields["figure"], "value": _value(fields["figure"]["value"])})
    return Statement(figure, fields["amount"], tuple(fields["sources"]))


def _spans(text: str) -> tuple[Span, ...]:
    return tuple((start, end) for start, end in json.loads(text))


def _figure(row: Row) -> Figure:
    return Figure(
        text=row["text"],
        kind=row["kind"],
        value=_value(json.loads(row["value"])),
        unit=row["unit"],
        start=row["start"],
        end=row["end"],
        metric=row["metric"],
        period=row["period"],
        paragraph=row["paragraph"] or "",
    )


def _value(value: Value | list[Any]) -> Value:
    """Make a range of numbers what it was before it was JSON."""
    return (value[0], value[1]) if isinstance(value, list) else value


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _clean(row: Row) -> Row:
    """Replace lone surrogates, which JSON may carry and UTF-8 cannot."""
    return {name: _whole(value) if isinstance(value, str) else value for name, value in row.items()}


def _whole(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
