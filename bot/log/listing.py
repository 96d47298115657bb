"""The query log as lines of text: a table for the terminal, JSON lines, or CSV for a spreadsheet.

Questions are anybody's text: the table shows no control character, the CSV no formula.
"""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Literal

from bot.log.database import Filter, read_entries, reading
from bot.log.rows import stamp
from bot.messages import SIMPLIFIED
from bot.terminal import fit
from retrieval.figure_fitness import fitting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from bot.log.entry import Entry

Form = Literal["table", "jsonl", "csv"]

NOTHING = "没有符合条件的记录。"
BOM = "\ufeff"  # without it Excel takes UTF-8 for the local code page
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
HEAD = ("时间", "结果", "评价", "毫秒", "问题", "数字或段落")
HEADINGS = (
    *("时间", "问题", "读作", "找到", "数字", "标题", "段落", "得分", "赞", "踩", "理由", "留言", "毫秒"),
    *("语言", "来源", "提问者", "编号"),
)
REASONS = SIMPLIFIED.feedback.reasons
FIXED_WIDTHS = (16, 4, 7, 7)  # columns of the first four; the other two share the rest
NARROW = 20  # the least columns for each of those two


def filter_of(  # noqa: PLR0913 - one argument an option of the command
    *,
    unanswered: bool = False,
    downvoted: bool = False,
    since: datetime | None = None,
    until: datetime | None = None,
    days: float | None = None,
    word: str | None = None,
) -> Filter:
    """Make a Filter from a person's words: naive times are local, `until` as a bare date includes that day.

    `days` counts back from now; of it and `since` the later one holds.
    """
    if until is not None and until.time() == time():
        until += timedelta(days=1)
    starts = [start.astimezone(UTC) for start in (since,) if start]
    if days is not None:
        starts.append(datetime.now(UTC) - timedelta(days=days))
    return Filter(
        unanswered, downvoted, max(starts, default=None), until and until.astimezone(UTC), word or None
    )


def lines(
    path: Path, chosen: Filter, *, form: Form = "table", limit: int | None = None, width: int = 100
) -> Iterator[str]:
    """Yield the log's lines, newest entry first, without their line ends; `width` is the table's, in columns.

    Raise QueryLogError where there is no log or it cannot be read.
    """
    with reading(path) as db:
        entries = read_entries(db, chosen, limit=limit)
        match form:
            case "table":
                yield from table(entries, width)
            case "jsonl":
                yield from (json.dumps(as_json(entry), ensure_ascii=False) for entry in entries)
            case "csv":
                yield from csv_lines(entries)


def table(entries: Iterable[Entry], width: int = 100) -> Iterator[str]:
    """Yield one line an entry under a head, none wider than `width` columns, or 84 where that is less."""
    half = max((width - sum(FIXED_WIDTHS) - 2 * len(HEAD) + 2) // 2, NARROW)
    widths = (*FIXED_WIDTHS, half, half)
    line = NOTHING
    for number, entry in enumerate(entries):
        if number == 0:
            yield _line(HEAD, widths)
        line = _line(_cells(entry), widths)
        yield line
    if line is NOTHING:
        yield NOTHING


def as_json(entry: Entry) -> dict[str, Any]:
    answer = entry.answer
    return {
        "id": entry.id,
        "at": stamp(entry.at),
        "question": answer.question.text,
        "read_as": answer.question.read_as,
        "normal": answer.question.normal,
        "terms": answer.question.terms,
        "found": answer.found,
        "near": answer.near,
        "figures": [
            {
                "text": figure.text,
                "value": figure.value,
                "unit": figure.unit,
                "metric": figure.metric,
                "period": figure.period,
                "paragraph": figure.paragraph,
            }
            for figure in answer.figures
        ],
        "paragraphs": [
            {
                "id": hit.paragraph.id,
                "document": hit.paragraph.document,
                "title": hit.paragraph.title,
                "section": hit.paragraph.section,
                "text": hit.paragraph.text,
                "score": hit.score,
            }
            for hit in answer.hits
        ],
        "votes": [
            {
                "voter": vote.voter,
                "verdict": vote.verdict,
                "at": stamp(vote.at),
                "rank": vote.rank,
                "reason": vote.reason,
                "comment": vote.comment,
            }
            for vote in entry.votes
        ],
        "up": entry.ups,
        "down": entry.downs,
        "milliseconds": round(answer.milliseconds, 3),
        "stages": answer.stages,
        "snapshot": answer.snapshot,
        "asker": entry.asker,
        "chat": entry.chat,
        "chat_kind": entry.chat_kind,
        "language": entry.language,
        "source": entry.source,
    }


def csv_lines(entries: Iterable[Entry]) -> Iterator[str]:
    yield BOM + _csv(*HEADINGS)
    for entry in entries:
        at, *cells = cells_of(entry)
        yield _csv(f"{at:%Y-%m-%d %H:%M:%S}", *cells)


def cells_of(entry: Entry) -> tuple[datetime, *tuple[str | float, ...]]:
    """Return what a spreadsheet has of an entry, under HEADINGS; the time is local and bears no zone."""
    answer = entry.answer
    best = answer.hits[0] if answer.hits else None
    return (
        entry.at.astimezone().replace(tzinfo=None, microsecond=0),
        answer.question.text,
        answer.question.read_as or "",
        "是" if answer.found else "否",
        "；".join(figure.text for figure in answer.figures),
        best.paragraph.title if best else "",
        best.paragraph.text if best else "",
        round(best.score, 3) if best else "",
        entry.ups,
        entry.downs,
        "；".join(REASONS[vote.reason] for vote in entry.votes if vote.reason),
        "；".join(vote.comment for vote in entry.votes if vote.comment),
        round(answer.milliseconds, 1),
        entry.language,
        entry.source,
        entry.asker,
        entry.id,
    )


def _cells(entry: Entry) -> tuple[str, ...]:
    answer = entry.answer
    figures = fitting(answer)
    best = figures[0].text if figures else answer.hits[0].paragraph.text if answer.hits else ""
    votes = " ".join(f"{sign}{n}" for sign, n in (("👍", entry.ups), ("👎", entry.downs)) if n)
    return (
        f"{entry.at.astimezone():%Y-%m-%d %H:%M}",
        "找到" if answer.found else "没有",
        votes,
        f"{answer.milliseconds:.1f}",
        " → ".join(filter(None, (answer.question.text, answer.question.read_as))),
        best if answer.found else "",
    )


def _line(cells: tuple[str, ...], widths: tuple[int, ...]) -> str:
    return "  ".join(map(fit, cells, widths)).rstrip()


def _csv(*cells: str | float) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([_plain(cell) if isinstance(cell, str) else cell for cell in cells])
    return line.getvalue().removesuffix("\r\n")


def _plain(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{text}" if text.lstrip().startswith(FORMULA_STARTS) else text
