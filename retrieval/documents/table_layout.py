"""How a table is laid out: its title and unit above, its rows and columns of heads, its groups of rows.

It says which cells are heads and of what; the text of a row is made in `tables`. Formats that mark heads are
believed, else a table's heads are the rows above its first number, and the words to the left of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import reduce
from itertools import islice
from typing import TYPE_CHECKING

from retrieval.cells import is_number
from retrieval.documents.lines import join, tidy
from retrieval.documents.sentences import is_closed, is_prose, is_title
from retrieval.documents.table_heads import (
    Head,
    is_amount,
    is_change,
    is_label,
    is_period,
    is_rank,
    is_unit,
    is_unit_line,
    read_head,
    stated_units,
    without_units,
)
from retrieval.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retrieval.documents.blocks import Table

Row = tuple[str, ...]

_SAMPLE = 200  # rows that tell what a column holds
_MOST_HEADS = 5
_MOST_KEYS = 3
_KEY_LENGTH = 30
_RECORD_LENGTH = 40
_NOTHING = re.compile(r"[-—–―…./\\*×·\s]*")
_HEAD_WORD = re.compile(
    r"(?:项目|指标|.名|年份|年度|月份|姓名|名称|职[务称]|职位|内容|类[别型]|种类|时间|日期|地[点址区]|单位|备注|说明|部门|电话|联系人|数量|金额|"
    r"序号|编号|城市|国家|省份?|市州?|区县|企业|公司|学校|职责|任务|措施|结果|状态|性别|年龄|学历|标题|来源|作者|name|title)$",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"(?:注|备注|说明|附注|资料来源|数据来源|来源|Note|Source)\s*\d*[:：]|[①-⑳*]", re.IGNORECASE
)
_MONTHS = {"月": "月", "月份": "月", "季": "季度", "季度": "季度", "年": "年", "年份": "年", "年度": "年"}
_ROW_NUMBER = re.compile(r"序号?|行号|#|№|no\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Layout:
    """What stands above and to the left of a table's values.

    `heads` are the columns', empty ones where there are none. `keys` are the columns whose texts name a row;
    `left_out` only count the rows, `labels` hold numbers that name things, `unit_column` each row's unit.
    A `record` has one row, whose heads are its keys' names.
    """

    title: str
    units: tuple[str, ...]
    heads: tuple[Head, ...]
    head_rows: frozenset[Row]
    body: Sequence[Row]
    keys: tuple[int, ...] = ()
    left_out: frozenset[int] = frozenset()
    labels: frozenset[int] = frozenset()
    unit_column: int | None = None
    record: bool = False

    @property
    def period(self) -> str | None:
        """For when the whole table is, as its title says."""
        return read_head(self.title).period


def tidy_rows(table: Table) -> list[Row]:
    """Return a table's rows as shown, all of one length, none empty."""
    rows = (tuple(map(_one_line, row)) for row in table.rows)
    return [row for row in rows if any(row)]


def _one_line(cell: str) -> str:
    if "\n" not in cell and "\r" not in cell:
        return tidy(cell)
    return reduce(join, filter(None, map(tidy, cell.splitlines())), "")


def title_of(table: Table, caption: str) -> str:
    """Return what a table is called, by its caption or by rows over its heads; empty where by nothing."""
    top = [tuple(_one_line(cell) for cell in row) for row in islice(table.rows, _MOST_HEADS + 1)]
    return _opening([row for row in top if any(row)], caption)[0]


def lay_out(rows: list[Row], declared: int | None, caption: str) -> Layout:
    """Find the heads of a table of at least one row; `declared` is how many its format says that it has."""
    title, stated, start = _opening(rows, caption)
    if declared is not None and start:
        declared = declared - start if declared > start else None
    body = rows[start:]
    if _is_record(body, declared):
        names, values = zip(*body, strict=True)
        body, declared = [names, values], 1
        return _columns(Layout(title, stated, (), frozenset(), body, record=True), 1)
    count = _head_rows(body) if declared is None else min(declared, len(body) - 1)
    return _columns(Layout(title, stated, (), frozenset(), body), count)


def _opening(rows: list[Row], caption: str) -> tuple[str, tuple[str, ...], int]:
    """Return the title, the units stated for the whole table, and how many rows it takes to say so."""
    titles, stated, start = [without_units(caption)] if caption else [], stated_units(caption), 0
    for row in rows[: min(_MOST_HEADS, len(rows) - 1)]:
        said = distinct(row)
        lines = [text for text in said if is_unit_line(text)]
        others = [text for text in said if text not in lines]
        if len(row) < 2 or len(others) > 1 or (others and (len(titles) > 1 or not is_title(others[0]))):
            break
        if others and _NOTE.match(others[0]):
            break
        stated = stated_units(lines[0]) if lines else stated or stated_units(others[0])
        titles += [text for text in others if text not in titles]
        start += 1
    return " ".join(filter(None, titles)), stated, start


def distinct(row: Row) -> list[str]:
    """Return the texts of a row, one that covers several columns once."""
    return list(dict.fromkeys(filter(None, row)))


def _is_record(rows: list[Row], declared: int | None) -> bool:
    """Whether these are the names of one thing's properties beside their values, and no heads."""
    if declared or not 2 <= len(rows) <= _RECORD_LENGTH or len(rows[0]) != 2:
        return False
    names = [name for name, _ in rows]
    named = all(1 < len(name) <= 20 and not is_amount(name) and not is_period(name) for name in names)
    if not named or len(set(names)) < len(names):
        return False
    values = [value for _, value in rows[1:] if not is_nothing(value)]
    headed = not is_amount(rows[0][1]) and bool(values) and all(map(is_amount, values))
    return not headed and not _are_heads(rows[0]) and (declared == 0 or not is_amount(rows[0][1]))


def _head_rows(rows: list[Row]) -> int:
    """Return how many of the first rows are heads, where the format does not say."""
    if len(rows) < 2 or any(map(is_amount, rows[0])):
        return 0
    if not any(is_amount(cell) for row in rows[1:_SAMPLE] for cell in row):
        return int(_heads_of_words(rows))
    count = 1
    while count < min(_MOST_HEADS, len(rows) - 1) and _goes_on_heads(rows[count - 1], rows[count]):
        count += 1
    return count


def _heads_of_words(rows: list[Row]) -> bool:
    first = rows[0]
    short = (
        all(first)
        and len(set(first)) == len(first)
        and all(len(cell) <= 12 and not is_prose(cell) for cell in first)
    )
    return short and (len(first) > 2 or (len(first) == 2 and _are_heads(first)))


def _are_heads(row: Row) -> bool:
    """Whether two words are those that stand over columns, or the second one names a unit."""
    words = all(_HEAD_WORD.search(plain(text)) for text in row)
    return words or read_head(row[-1]).unit is not None


def _goes_on_heads(above: Row, below: Row) -> bool:
    """Whether a row without numbers is the second one of heads: some of them are divided or merged over."""
    if any(map(is_amount, below)) or len(distinct(below)) < 2:
        return False
    filled = [text for text in above if text]
    divided = len(set(filled)) < len(filled)
    return divided or any(upper and upper == lower for upper, lower in zip(above, below, strict=True))


def is_nothing(cell: str) -> bool:
    """Whether a cell is empty or says that there is nothing to say (`—`, `…`)."""
    return _NOTHING.fullmatch(cell) is not None


def _columns(layout: Layout, count: int) -> Layout:
    """Read the first `count` rows as heads, and what the columns below them hold."""
    tops, body = layout.body[:count], layout.body[count:]
    width = len(body[0])
    heads = tuple(_head([row[column] for row in tops]) for column in range(width))
    left_out: set[int] = set()
    labels: set[int] = set()
    keys: list[int] = []
    unit_column: int | None = None
    leading = True
    for column in range(width):
        name = heads[column].name
        cells = [row[column] for row in islice(body, _SAMPLE)]
        filled = [cell for cell in cells if not is_nothing(cell)]
        if not layout.record and _counts_rows(heads[column].text, cells):
            left_out.add(column)
        elif count and plain(name) in {"单位", "计量单位"} and filled and all(map(is_unit, filled)):
            unit_column = column
        elif _names(name, filled, count):
            if leading and len(keys) < _MOST_KEYS:
                keys.append(column)
        else:
            leading = leading and (is_label(name) or is_rank(name))
        if is_label(name):
            labels.add(column)
    if layout.record:
        keys = [0] if 0 in keys else []
    amounts = [column for column in range(width) if column not in keys and column not in left_out]
    heads = _with_changes(heads, amounts)
    return replace(
        layout,
        heads=heads,
        head_rows=frozenset(tops),
        body=body,
        keys=_telling(keys, body),
        left_out=frozenset(left_out),
        labels=frozenset(labels),
        unit_column=unit_column,
    )


def _with_changes(heads: tuple[Head, ...], amounts: list[int]) -> tuple[Head, ...]:
    """Return the heads, `同比增长` with the name on its left where such heads and names take turns."""
    named = dict(enumerate(heads))
    pairs = list(zip(amounts[::2], amounts[1::2], strict=False))
    if 2 * len(pairs) == len(amounts) and all(
        is_change(heads[right].name) and heads[left].name and not is_change(heads[left].name)
        for left, right in pairs
    ):
        for left, right in pairs:
            named[right] = replace(heads[right], name=heads[left].name + heads[right].name)
    return tuple(named.values())


def _head(texts: list[str]) -> Head:
    return reduce(Head.over, map(read_head, dict.fromkeys(filter(None, texts))), Head())


def _counts_rows(head: str, cells: list[str]) -> bool:
    if head and not _ROW_NUMBER.fullmatch(plain(head)):
        return False
    numbers = [cell for cell in cells if cell]
    counted = numbers == [str(number) for number in range(1, len(numbers) + 1)]
    return bool(numbers) and counted and (bool(head) or len(numbers) > 2)


def _names(name: str, filled: list[str], count: int) -> bool:
    """Whether a column's cells name the rows: words or periods, not amounts and not sentences."""
    if not filled:
        return False
    if plain(name) in _MONTHS:
        return True
    values = sum(map(is_amount, filled))
    long = sum(len(cell) for cell in filled) > _KEY_LENGTH * len(filled)
    return not long and values * 2 < len(filled) and not (count and is_label(name))


def _telling(keys: list[int], body: Sequence[Row]) -> tuple[int, ...]:
    """Return the fewest of the first columns that tell the rows apart."""
    for count in range(1, len(keys)):
        if len({tuple(row[key] for key in keys[:count]) for row in body}) == len(body):
            return tuple(keys[:count])
    return tuple(keys)


def key_head(text: str, column: Head) -> Head:
    """Take the text that names a row apart; a bare number below `月份` is a month."""
    suffix = _MONTHS.get(plain(column.name))
    return read_head(f"{text}{suffix}") if suffix and is_number(text) else read_head(text)


def is_note(row: Row) -> bool:
    """Whether a row is a remark below a table, or a sentence over its whole width."""
    said = distinct(row)
    if len(said) != 1 or (len(row) > 1 and not (row[0] and _is_wide(row))):
        return False
    return bool(_NOTE.match(said[0])) or (is_closed(said[0]) and is_prose(said[0])) or is_unit_line(said[0])


def is_group(row: Row) -> bool:
    """Whether a row only names the rows below it: one text over all columns, or alone in the first."""
    return bool(row[0]) and _is_wide(row) and not is_amount(row[0])


def _is_wide(row: Row) -> bool:
    merged = len(row) > 1 and all(cell == row[0] for cell in row)
    return merged or (len(row) > 2 and not any(row[1:]))


def prose(rows: list[Row]) -> Iterator[str] | None:
    """Yield the texts of a table that only lays text out, None for one that holds data."""
    texts = [text for row in rows[:_SAMPLE] for text in distinct(row)]
    long = sum(is_prose(text) and is_closed(text) for text in texts)
    if len(rows[0]) > 1 and (len(rows) > 1 or len(rows[0]) > 2 or long < 1) and long * 2 <= len(texts):
        return None
    return (text for row in rows for text in distinct(row))
