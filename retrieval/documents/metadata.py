"""Who, whence and when: what an article says of itself, and the bylines that say it.

A line is a byline only as a whole and only when it is short; a sentence that names a reporter is text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields

from retrieval.documents import article_date

_LONGEST = 100
_NAME = r"[\u4e00-\u9fff·]{2,5}"
_NAMES = rf"{_NAME}(?:[\s、，,/]+{_NAME}){{0,9}}"
_ROLES = r"(?:全媒体|首席|特约|特派|见习|实习|驻\S{2,6})?(?:记者|通讯员|实习生|评论员)"
_LABELS = {
    "date": r"(?:发布|更新|发表|发稿|刊发|上传)(?:时间|日期)|日期",
    "source": r"(?:信息|文章|稿件|新闻)?来源|稿源|出处",
    "author": r"作者|撰稿|撰文|文/图|图/文|文/",
    "": r"(?:责任|网络|值班)?编辑|责编|审核|校对|监制|[一二三终初复]审|(?:浏览|阅读|点击)(?:次数|量|数)?",
}
_LABEL = re.compile("|".join(rf"(?P<{field or 'other'}>{names})" for field, names in _LABELS.items()))
_LABELLED = re.compile(rf"[【\[（(]?(?:{'|'.join(_LABELS.values())})\s*(?:[:：]|(?<=/))")
_SIGNED = re.compile(
    rf"(?P<mark>[■□●▲◆★])?\s*[（(]?(?P<organ>[\u4e00-\u9fff\s]{{0,20}}?){_ROLES}"
    rf"(?:[\s:：/、]+{_NAMES}(?:\s+\S{{0,10}}?{_ROLES}[\s:：/]+{_NAMES})?|(?(mark){_NAMES}|(?!)))[）)]?"
)
_DATELINE = re.compile(
    r"(?P<organ>[\u4e00-\u9fff]{1,10}?(?:报|社|网|台))(?:[\u4e00-\u9fff]{2,8}?)?"
    r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})日(?:讯|电)\s*"
    rf"(?:[（(](?P<author>[^（）()。]{{0,12}}?{_ROLES}[\s:：]*{_NAMES}[^（）()。]{{0,20}})[）)])?"
)
_ORGAN = re.compile(
    r"[\u4e00-\u9fff]{2,12}?(?:日报|晚报|早报|都市报|时报|周报|新华社|通讯社|电视台|新闻网|在线)"
)


@dataclass(frozen=True, slots=True)
class Metadata:
    """`monthday` is a dateline's date without a year (`08-29`)."""

    title: str | None = None
    date: str | None = None
    source: str | None = None
    author: str | None = None
    monthday: str | None = None

    def filled(self, other: Metadata) -> Metadata:
        """Return this, with what it lacks taken from `other`."""
        return Metadata(*(getattr(self, name.name) or getattr(other, name.name) for name in fields(self)))

    def dated(self) -> Metadata:
        """Return this with the dateline's day in the date where the year is known, else by the source."""
        if not self.monthday or (self.date and len(self.date) == len("2022-08-29")):
            return self
        if self.date and self.date[5:] in ("", self.monthday[:2]):
            return Metadata(date=f"{self.date[:4]}-{self.monthday}").filled(self)
        month, day = map(int, self.monthday.split("-"))
        return Metadata(source=f"{self.source} {month}月{day}日").filled(self)


NOTHING_SAID = Metadata()


def byline(line: str) -> Metadata | None:
    """Return what a byline says, nothing for an editor's name, or None where the line is text."""
    if len(line) > _LONGEST:
        return None
    return _labelled(line) or _signed(line) or _dateline(line)


def _labelled(line: str) -> Metadata | None:
    """`2022-08-29 10:20 来源：新华社 作者：某某 编辑：某某`, in any order."""
    starts = [match.start() for match in _LABELLED.finditer(line)]
    if not starts:
        return None
    before = line[: starts[0]].strip(" |｜")
    if before and not article_date.is_date(before):
        return None
    found = Metadata(date=article_date.iso(before) if before else None)
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        part = line[start:end].strip(" 【】[]（）()|｜，,；;")
        label = _LABEL.match(part)
        assert label is not None
        value = part[label.end() :].lstrip(" :：").strip()
        field = label.lastgroup or "other"
        if not _is_value(field, value):
            return None
        if field == "date":
            value = article_date.iso(value) or ""
        if field != "other" and value:
            found = found.filled(Metadata(**{field: value}))
    return found


def _is_value(field: str, value: str) -> bool:
    if field == "date":
        return (
            not value
            or article_date.is_date(value)
            or article_date.iso(value) == value[:4] == value.rstrip("年")
        )
    return len(value) <= (30 if field == "source" else 20) and not re.search(r"[。！？；，!?;]", value)


def _signed(line: str) -> Metadata | None:
    match = _SIGNED.fullmatch(line)
    if match is None:
        return None
    organ = _ORGAN.match(match["organ"].strip())
    return Metadata(author=line.lstrip("■□●▲◆★ ").strip("（）() "), source=organ[0] if organ else None)


def _dateline(line: str) -> Metadata | None:
    match = _DATELINE.fullmatch(line)
    if match is None:
        return None
    monthday = f"{int(match['month']):02d}-{int(match['day']):02d}"
    if match["year"]:
        return Metadata(
            date=article_date.iso(f"{match['year']}-{monthday}"),
            source=match["organ"],
            author=match["author"],
        )
    return Metadata(source=match["organ"], author=match["author"], monthday=monthday)
