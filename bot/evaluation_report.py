"""Evaluations as lines of text: a table with what went wrong for the terminal, or JSON. It measures nothing.

Questions and articles are anybody's text: no control character of theirs reaches the terminal.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.terminal import columns, fit
from retrieval.measures import mean_of_sets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from retrieval.evaluation import Evaluation
    from retrieval.measures import Measures
    from retrieval.misses import FigureMiss, Match, Miss

# The measures in their order, with their heads. Those that no set has are left out.
HEADS = {
    "questions": "questions",
    "upvoted": "upvoted",
    "recall@1": "recall@1",
    "recall@5": "@5",
    "recall@10": "@10",
    "mrr@10": "mrr@10",
    "numeric_questions": "numeric",
    "figure@1": "figure@1",
    "figure@3": "@3",
    "found": "found",
    "unanswerable": "unanswerable",
    "refused": "refused",
    "not_found_precision": "precision",
    "foreign": "foreign",
    "foreign_refused": "refused",
    "downvoted": "downvoted",
    "changed": "changed",
    "gone": "gone",
    "milliseconds": "ms",
    "milliseconds_p50": "p50",
    "milliseconds_p95": "p95",
}
PLAIN = "└ plain"
WIDEST_NAME = 24  # columns
WIDTH = 96  # columns of an explanation
EXCERPT = 2 * WIDTH - 20  # columns of a paragraph's text


def json_lines(evaluations: Iterable[Evaluation], *, named: bool) -> Iterator[str]:
    """Yield one JSON object an evaluation, with its set's name as `set` where `named`."""
    for evaluation in evaluations:
        name = {"set": evaluation.name} if named else {}
        plain = {} if evaluation.plain is None else {"plain": evaluation.plain}
        yield json.dumps({**name, **evaluation.measures, **plain}, ensure_ascii=False)


def lines(evaluations: Iterable[Evaluation]) -> Iterator[str]:
    """Yield the table, and below it the misses where there are any."""
    measured = list(evaluations)
    yield from table(measured)
    for evaluation in measured:
        name = fit(evaluation.name, columns(evaluation.name)).rstrip()
        if evaluation.misses:
            yield from ("", f"{name}：排得最靠后的段落")
        for miss in evaluation.misses:
            yield from _miss(miss)
        if evaluation.figure_misses:
            yield from ("", f"{name}：没有排在首位的数据")
        for figure_miss in evaluation.figure_misses:
            yield from _figure_miss(figure_miss)
        if evaluation.disliked:
            yield from ("", f"{name}：仍以被踩的段落作答")
        for question, match in evaluation.disliked:
            yield from _question(question)
            yield from _first(match)


def table(evaluations: Sequence[Evaluation]) -> Iterator[str]:
    """Yield a head, a line a set with rank-bm25's below it where that was asked, and the means of several."""
    rows: list[tuple[str, Measures | None]] = []
    for evaluation in evaluations:
        rows += [(evaluation.name, evaluation.measures), (PLAIN, evaluation.plain)]
    if len(evaluations) > 1:
        rows.append(("mean", mean_of_sets([evaluation.measures for evaluation in evaluations])))
        rows.append(
            (PLAIN, mean_of_sets([evaluation.plain for evaluation in evaluations if evaluation.plain]))
        )
    shown = [(label, measures) for label, measures in rows if measures]
    names = [name for name in HEADS if any(name in measures for _, measures in shown)]
    printed = [("", [HEADS[name] for name in names])]
    printed += [(label, [_cell(measures, name) for name in names]) for label, measures in shown]
    first = min(max(columns(label) for label, _ in printed), WIDEST_NAME)
    widths = [max(len(cells[place]) for _, cells in printed) for place in range(len(names))]
    for label, cells in printed:
        numbers = (cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
        yield "  ".join([fit(label, first), *numbers]).rstrip()


def _cell(measures: Measures, name: str) -> str:
    if name not in measures:
        return ""
    value = measures[name]
    if value is None:
        return "–"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.1f}" if name.startswith("milliseconds") else f"{value:.1%}"


def _question(question: str) -> Iterator[str]:
    yield ""
    yield from _wrapped(_clean(question), "")


def _miss(miss: Miss) -> Iterator[str]:
    yield from _question(miss.question)
    if miss.gold is None:
        yield "  应是：不在索引中"
    else:
        place = f"第 {miss.gold.rank} 名" if miss.gold.rank else "没有相同的词"
        yield from _match(f"应是：{place}", miss.gold)
    yield from _first(miss.first)


def _first(match: Match | None) -> Iterator[str]:
    if match is None:
        yield "  首位：没有段落"
    else:
        yield from _match("首位", match)


def _match(label: str, match: Match) -> Iterator[str]:
    yield f"  {label}，{match.score:.2f} 分，其中词以外 {match.rest:.2f}"
    paragraph = match.paragraph
    text = " · ".join(filter(None, (paragraph.title, paragraph.section, paragraph.text)))
    yield from _wrapped(fit(text, EXCERPT).rstrip(), "    ")
    yield from _wrapped([f"{_clean(term)} {added:.2f}  " for term, added in match.terms], "    ")


def _figure_miss(miss: FigureMiss) -> Iterator[str]:
    yield from _question(miss.question)
    place = f"排第 {miss.rank}" if miss.rank else "没有列出"
    paragraph = f"段落排第 {miss.paragraph_rank}" if miss.paragraph_rank else "段落没有找到"
    yield from _wrapped(_clean(f"应是：{'、'.join(miss.answers)}（{place}，{paragraph}）"), "  ")
    shown = miss.shown
    said = " · ".join(filter(None, (shown.text, shown.metric, shown.period))) if shown else "没有数据"
    yield from _wrapped(_clean(f"首位：{said}"), "  ")


def _wrapped(pieces: Iterable[str], indent: str) -> Iterator[str]:
    """Yield lines of whole pieces, which may be characters, within WIDTH."""
    line = indent
    for piece in pieces:
        if line != indent and columns(line + piece.rstrip()) > WIDTH:
            yield line.rstrip()
            line = indent
        line += piece
    if line != indent:
        yield line.rstrip()


def _clean(text: str) -> str:
    return fit(text, columns(text)).rstrip()
