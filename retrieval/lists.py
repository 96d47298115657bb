"""Lists: whether a question asks for one, where one stands in a text, and which paragraphs it runs on into.

A list is told by its numbering (`（一）`, `1.`, `①`, `一是`, `第一，`, `首先`, `•`), or by items that end in
semicolons. What a list is about is not looked at.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from retrieval.model import Paragraph, Span

PARAGRAPHS = 12
CHARACTERS = 3000
_BETWEEN = 2  # paragraphs that one item may have besides its own

_ASKED = re.compile(
    r"哪些(?!年|天|时)|哪几(?![年天月日号])|分别[是为有叫]|(?:包[括含]|具?有|要求)(?:些|了)?(?:什么|啥)(?!时|样|关系|区别)|"
    r"(?:需要?|应[当该]|必须)[^,，。是]{0,6}(?:什么|啥)(?!时|样)|"
    r"(?:什么|何种)(?:材料|条件|要求|手续|资料|证件|证明|步骤|措施|内容|情形|任务)|[几多][个项条种类][^,，。]{0,8}(?:是什么|分别)"
)
_SENTENCE = re.compile(r"[^。！？!?…\n]+(?:[。！？!?…]+[”’」』）)】》〉\]\"']*)?")
_ANNOUNCES = re.compile(r"[:：]$|如下|下列|以下|[几二两三四五六七八九十][个项条点步类种](?:方面|工作|措施)?$")
_SENTENCE_END = re.compile(r"[。！？!?\n]")
_UNFINISHED = ("；", ";")
_LEAD_IN = ("：", ":")
_OPEN = (*_LEAD_IN, *_UNFINISHED)
_FIRST = re.compile("首先")

_NUMBERS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十")
_ORDER = (
    {word: place for place, word in enumerate((*_NUMBERS, *(f"十{word}" for word in _NUMBERS[:9])), 1)}
    | {chr(0x2460 + place): place + 1 for place in range(20)}
    | {"首先": 1, "其次": 2, "再次": 3}
)
_HAN = "十?[一二三四五六七八九]|十"
_MARKED = (
    rf"[^\S\n]{{0,8}}(?:[（(](?P<round>{_HAN})[）)]|(?P<plain>{_HAN})、|(?P<is>{_HAN})[是要]|第(?P<th>{_HAN})(?:[，,、：:]|[是要])"
    r"|[（(](?P<digit_round>\d{1,2})[）)]|(?P<digit_half>\d{1,2})[）)]|(?P<digit>\d{1,2})(?:[、．]|[.](?!\d))"
    r"|(?P<circle>[\u2460-\u2473])|(?P<then>首先|其次|再次)|(?P<bullet>[•·●◆■◇□▪-])\s)"
)
_MARKER = re.compile(_MARKED)
_MARKERS = re.compile(rf"(?:\A|(?<=[。；;：:，,\n])){_MARKED}")


def asks_for_list(normal: str) -> bool:
    """Whether a question in its normal form asks for several things by name."""
    return _ASKED.search(normal) is not None


def blocks(text: str) -> list[Span]:
    """Return the sentences of `text`, a list in it together with its lead-in as one."""
    spans: list[Span] = []
    numbering: dict[str, int] = {}
    before = ""
    for sentence in _SENTENCE.finditer(text):
        if not sentence[0].strip():
            continue
        if before.endswith(_OPEN) or _is_item(sentence[0], numbering, before):
            spans[-1] = (spans[-1][0], sentence.end())
        else:
            spans.append(sentence.span())
            numbering = {}
        before = sentence[0].rstrip()
        _note(numbering, before)
    return spans


def continuation(paragraph: Paragraph, following: Iterable[Paragraph]) -> tuple[Paragraph, ...]:
    """Return those of the `following` paragraphs that a list at the end of `paragraph` runs on into.

    An item may have paragraphs of its own; they count where a later item follows them.
    """
    numbering: dict[str, int] = {}
    _note(numbering, paragraph.text)
    if not _FIRST.search(paragraph.text):
        numbering.pop("then", None)  # 其次 alone takes up what was said before, and not what is asked about
    before = paragraph.text.rstrip()
    if not (numbering or _announces(before) or before.endswith(_OPEN)):
        return ()
    taken: list[Paragraph] = []
    items = length = 0
    for after in following:
        text = after.text.rstrip()
        length += len(text)
        too_much = len(taken) == PARAGRAPHS or length > CHARACTERS or len(taken) - items > _BETWEEN
        if too_much or after.section != paragraph.section:
            break
        announced = before.endswith(_LEAD_IN) and text.endswith(_UNFINISHED)
        joined = after.continues or announced or before.endswith(_UNFINISHED)
        unmarked = joined and items == len(taken) and not _MARKER.match(text)
        taken.append(after)
        if unmarked or _is_item(text, numbering, before):
            items = len(taken)
            _note(numbering, text)
        before = text
    return tuple(taken[:items])


def _read(found: re.Match[str]) -> tuple[str, int]:
    """Return the style of a marker and its number, 0 for a bullet."""
    style = found.lastgroup or ""
    word = found[style]
    return style, 0 if style == "bullet" else _ORDER[word] if word in _ORDER else int(word)


def _note(numbering: dict[str, int], text: str) -> None:
    """Keep the last number of each style in `text`."""
    for found in _MARKERS.finditer(text):
        style, number = _read(found)
        numbering[style] = number


def _is_item(text: str, numbering: dict[str, int], before: str) -> bool:
    """Whether `text` begins with the next number of a list, or with the first of one that was announced."""
    found = _MARKER.match(text)
    if found is None:
        return False
    style, number = _read(found)
    if style in numbering and number == numbering[style] + (style != "bullet"):
        return True
    return number <= 1 and (before.endswith(_OPEN) or _announces(before))


def _announces(text: str) -> bool:
    """Whether the text's last sentence says that a list follows."""
    last = _SENTENCE_END.split(text.rstrip("。 \n"))[-1]
    return _ANNOUNCES.search(last) is not None
