"""What the page calls the log's tables, columns and values, and which columns a list shows in which order."""

from __future__ import annotations

from typing import Any

TABLES: dict[str, dict[str, Any]] = {
    "queries": {
        "title": "提问",
        "description": "每次提问一行；点开一行，可见它命中的段落、数字和评价。",
        "sort_desc": "at",
        "label_column": "question",
        "facets": ["found", {"date": "at"}, "language", "source", "chat_kind"],
    },
    "overview": {
        "title": "一览",
        "description": "每次提问一行：问题、首个数字和段落、评价。",
        "sort_desc": "at",
        "facets": ["found"],
    },
    "paragraphs": {
        "title": "段落",
        "description": "答复用过的段落原文；点开一行，可见是哪些提问。",
        "label_column": "title",
        "facets": ["document"],
    },
    "hits": {"title": "命中的段落", "description": "每次提问命中的段落，名次 1 的最好。"},
    "figures": {
        "title": "命中的数字",
        "description": "每次提问命中的数字，名次 1 的最好。",
        "facets": ["kind", "unit"],
    },
    "votes": {
        "title": "评价",
        "description": "一人一票，可以改；所评段落的名次从 0 起。",
        "sort_desc": "at",
        "facets": ["verdict", "reason"],
    },
}

# The columns that a list shows, in this order; a row's own page and the exports have them all.
SHOWN: dict[str, tuple[str, ...]] = {
    "queries": ("question", "at", "found", "read_as", "suggestion", "milliseconds", "language", "source"),
    "overview": ("question", "at", "found", "read_as", "figure", "title", "paragraph", "up", "down"),
    "paragraphs": ("title", "section", "page", "text", "date", "document"),
    "hits": ("query", "rank", "paragraph", "score"),
    "figures": ("query", "rank", "text", "metric", "period", "kind", "paragraph"),
    "votes": ("query", "verdict", "reason", "comment", "rank", "at"),
}

COLUMNS = {
    "answering": "答句位置",
    "article": "文章序号",
    "asker": "提问者（散列）",
    "at": "时间",
    "author": "作者",
    "cells": "表格单元",
    "chat": "聊天（散列）",
    "chat_kind": "聊天类型",
    "checked": "经管理员核对",
    "comment": "留言",
    "confidence": "识别可信度",
    "continued": "列举的后续段落",
    "continues": "接前一段",
    "date": "日期",
    "document": "文件",
    "down": "👎",
    "end": "止于",
    "figure": "数字",
    "found": "结果",
    "id": "编号",
    "kind": "种类",
    "language": "语言",
    "marks": "相符之处",
    "message": "提问的消息",
    "metric": "指标",
    "milliseconds": "毫秒",
    "near": "首段仍值得一看",
    "normal": "归一后的写法",
    "page": "页",
    "paragraph": "段落",
    "period": "时期",
    "pictures": "图片",
    "position": "第几段",
    "prompt": "请留言的消息",
    "query": "提问",
    "question": "问题",
    "rank": "名次",
    "read_as": "读作",
    "reason": "理由",
    "reply": "答复的消息",
    "same_as": "与哪段几乎相同",
    "score": "得分",
    "section": "小标题",
    "series": "走势",
    "snapshot": "索引",
    "source": "来源",
    "stages": "各步毫秒",
    "start": "始于",
    "suggestion": "您是不是要问",
    "terms": "检索词",
    "text": "原文",
    "title": "标题",
    "unit": "单位",
    "up": "👍",
    "value": "数值",
    "verdict": "评价",
    "voter": "评价者（散列）",
    "wanted": "所问的数字",
}

VALUES = {
    ("found", "1"): "找到",
    ("found", "0"): "没找到",
    ("verdict", "up"): "👍",
    ("verdict", "down"): "👎",
    ("reason", "figure"): "数字不对",
    ("reason", "paragraph"): "段落不对",
    ("reason", "missed"): "没找到",
    ("reason", "other"): "其他",
    ("chat_kind", "private"): "私聊",
    ("chat_kind", "group"): "群",
    ("chat_kind", "supergroup"): "群",
    ("chat_kind", "channel"): "频道",
    ("chat_kind", "inline"): "行内",
    ("source", "sandbox"): "本机试用",
    ("source", "telegram"): "Telegram",
}

FILTERS = {
    "exact": "等于",
    "not": "不等于",
    "contains": "含有",
    "startswith": "开头是",
    "gte": "不小于",
    "lte": "不大于",
    "date": "在某日（UTC）",
    "isblank": "为空",
    "notblank": "不为空",
}


def column_name(column: str) -> str:
    return COLUMNS.get(column, column)


def value_name(value: object, column: str) -> str:
    return VALUES.get((column, str(value)), str(value))


def in_order(cells: list[dict[str, Any]], table: str, key: str) -> list[dict[str, Any]]:
    """Keep the cells of the columns that the table's list shows, in its order; `key` has a cell's column."""
    if table not in SHOWN:
        return cells
    by_column = {cell[key]: cell for cell in cells}
    return [by_column[column] for column in SHOWN[table] if column in by_column]
