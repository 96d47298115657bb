"""Which pictures answer: those found by their own words, and those that stand beside the text that answers.

What a picture shows is known only from words: its caption, what was read in it, and the text around it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from retrieval.coverage import RELEVANT, relevant
from retrieval.plain import folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retrieval.model import Figure, Hit, Paragraph, Picture, Question
    from retrieval.snapshot import Snapshot

    _Found = tuple[Hit, tuple[Figure, ...]]

MOST = 4
"""Pictures of an answer."""

_REACH = 12  # paragraphs in either direction in which `见图3` is looked for

_DRAWN = (
    "示意|流程|结构|走势|趋势|分布|规划|路线|线路|平面|立面|剖面|效果|柱状|柱形|条形|折线|曲线|饼|饼状|扇形|组织|架构|"
    "框架|关系|对比|统计|地形|区位|区划|位置|布局|卫星|航拍|交通|导览|导游|鸟瞰|全景|实景|现场|工艺|思维导|热力"
)
_ASKS = re.compile(
    rf"(?:{_DRAWN})图(?!书|集)|(?<!几张)(?<!寸)(?:图片|照片|相片)|图表|插图|配图|附图|截图|海报|二维码|地图(?![集册出])|"
    r"[的张幅有看发]图(?=$|[吗呢么吧,。!?])|长(?:得|的)?(?:什么|啥|怎么)样|什么(?:样子|模样)|"
    r"\b(?:picture|photo|image|chart|map|diagram|screenshot|qr code)s?\b"
)
_NUMBERED = re.compile(r"(?<![企试意力妄])图\s?(\d+(?:[-.]\d+)*)")
_REFERS = re.compile(
    rf"(?:如|见|上|下|左|右|附|配)(?:面|列|方|述|所示)?图(?![书案谋集们])|{_NUMBERED.pattern}"
)


def asks_for_picture(normal: str) -> bool:
    """Whether a question, in its normal form, asks to see something."""
    return _ASKS.search(normal) is not None


def is_picture(paragraph: Paragraph) -> bool:
    """Whether a paragraph is a picture's caption, perhaps with what was read in the picture."""
    return any(
        picture.caption and paragraph.text.startswith(picture.caption) for picture in paragraph.pictures
    )


def text_first(question: Question, found: list[_Found]) -> list[_Found]:
    """Put the best text before a bare caption that came first: that says what is to be seen, and no more.

    Not where a picture is asked for, the caption holds a figure of the kind asked for, or no text comes near.
    """
    if not found or asks_for_picture(question.normal) or not _is_bare(question, found[0]):
        return found
    first = found[0][0]
    for place, (hit, figures) in enumerate(found):
        if hit.score < RELEVANT * first.score:
            break
        if not _is_bare(question, found[place]):
            return [(replace(hit, score=first.score), figures), *found[:place], *found[place + 1 :]]
    return found


def illustrations(
    snapshot: Snapshot, question: Question, hits: Sequence[Hit], figures: Sequence[Figure]
) -> tuple[Picture, ...]:
    """Return the pictures that answer, best first, each with the paragraph that it stands at.

    They are the relevant ones among the hits; the image that the best hit or the best figure was read in;
    and those beside the best text, where that refers to one or the question asks for one.
    """
    worth = relevant(hits)
    evidence = {hit.paragraph.id for hit in worth[:1]} | {figure.paragraph for figure in figures[:1]}
    found: list[Picture] = []
    for paragraph in (hit.paragraph for hit in worth):
        if is_picture(paragraph) or (paragraph.confidence is not None and paragraph.id in evidence):
            found += _standing_at(snapshot, paragraph)
    text = next((hit.paragraph for hit in worth if not is_picture(hit.paragraph)), None)
    if text and (asks_for_picture(question.normal) or _REFERS.search(folded(text.text))):
        found += _beside(snapshot, text)
    once: dict[str, Picture] = {}
    for picture in found:
        once.setdefault(picture.key, picture)
    return tuple(once.values())[:MOST]


def _is_bare(question: Question, found: _Found) -> bool:
    hit, figures = found
    holds_wanted = any(figure.kind in question.wanted.kinds for figure in figures)
    return is_picture(hit.paragraph) and hit.paragraph.confidence is None and not holds_wanted


def _standing_at(snapshot: Snapshot, paragraph: Paragraph) -> list[Picture]:
    """Return a paragraph's pictures; those of a long text stand at its first piece."""
    row = snapshot.row(paragraph.id)
    while row and paragraph.continues and not paragraph.pictures:
        row -= 1
        paragraph = snapshot.at(row)[0]
    return _placed(paragraph)


def _beside(snapshot: Snapshot, text: Paragraph) -> list[Picture]:
    """Return the pictures that a text names by their numbers, or else its own and those next to it.

    What is next to it stands under the same heading.
    """
    row = snapshot.row(text.id)
    if row is None:
        return []
    numbers = set(_NUMBERED.findall(folded(text.text)))
    named = [
        picture
        for paragraph in _around(snapshot, row, _REACH if numbers else 0)
        for picture in _placed(paragraph)
        if numbers.intersection(_NUMBERED.findall(folded(picture.caption))[:1])
    ]
    return named or [
        picture
        for paragraph in _around(snapshot, row, 1)
        if paragraph.section == text.section
        for picture in _placed(paragraph)
    ]


def _around(snapshot: Snapshot, row: int, reach: int) -> Iterator[Paragraph]:
    """Yield the paragraph of `row` and those around it in its Document, the nearer ones first."""
    rows = snapshot.searcher.document_rows(row)
    for step in sorted(range(-reach, reach + 1), key=lambda step: (abs(step), -step)):
        if row + step in rows:
            yield snapshot.at(row + step)[0]


def _placed(paragraph: Paragraph) -> list[Picture]:
    return [replace(picture, paragraph=paragraph.id) for picture in paragraph.pictures]
