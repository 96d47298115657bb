"""The query log, for admins."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LogWords:
    title: str
    title_unanswered: str
    empty: str
    unavailable: str
    newer: str
    older: str
    only_unanswered: str
    show_all: str


CHINESE = LogWords(
    title="查询日志 · 共 {count} 条",
    title_unanswered="未答的提问 · 共 {count} 条",
    empty="还没有记录。",
    unavailable="日志暂时无法读取，请稍后再试。",
    newer="‹ 较新",
    older="较早 ›",
    only_unanswered="只看未答",
    show_all="查看全部",
)


ENGLISH = LogWords(
    title="Query log · {count} in all",
    title_unanswered="Unanswered · {count} in all",
    empty="Nothing here yet.",
    unavailable="The log cannot be read just now. Please try again later.",
    newer="‹ Newer",
    older="Older ›",
    only_unanswered="Unanswered only",
    show_all="Show all",
)
