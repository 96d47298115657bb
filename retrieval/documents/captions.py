"""Captions find their table or picture: the line above a table, the line below a picture.

A caption is what the format calls one, or a line such as `表1 主要指标`, `图2 …`, `▲ …`. A table's unit on a
line of its own (`单位：万元`) goes with its caption. Captions without a table or a picture stay text.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from retrieval.documents.sentences import is_closed, is_prose, is_title

if TYPE_CHECKING:
    from retrieval.documents.blocks import Block

_LONGEST = 120
_NUMBER = r"\s*[\dA-Z一二三四五六七八九十]+(?:[-.．—–]\d+)*(?:[\s：:.．、]|$)"
_OF_TABLE = re.compile(rf"(?:续?表|附表|Table|Tab\.){_NUMBER}", re.IGNORECASE)
_OF_PICTURE = re.compile(
    rf"(?:附?图|图表|Figure|Fig\.|Chart){_NUMBER}|图为|图片?(?:说明)?[:：]|[▲△▼↑↓]|【图\w{{0,4}}】",
    re.IGNORECASE,
)
_CREDIT = re.compile(r"(?:摄(?:影)?|供图|制图|资料图片?|图源[:：]?\S{0,20})[）)]?[。.]?$")
_UNIT = re.compile(r"[（(]?\s*(?:计量)?单位\s*[:：].{1,40}")
_BARE_LENGTH = 40


def attach(blocks: list[Block]) -> list[Block]:
    """Return the blocks, each table and picture with its caption as text, which is no block any more."""
    taken: set[int] = set()
    found = list(blocks)
    for place, block in enumerate(blocks):
        if block.kind == "table":
            found[place] = _captioned(block, _above_table(blocks, place, taken), blocks, taken)
        elif block.kind == "picture":
            found[place] = _captioned(block, _beside_picture(blocks, place, taken), blocks, taken)
    return [block for place, block in enumerate(found) if place not in taken]


def _captioned(block: Block, places: list[int], blocks: list[Block], taken: set[int]) -> Block:
    """Return the block with the lines at these places as its caption, after its own; they are taken."""
    taken.update(places)
    said = [block.text] if block.text else []
    said += [blocks[place].text for place in places if blocks[place].text != block.text]
    return replace(block, text=" ".join(said)) if places else block


def _above_table(blocks: list[Block], place: int, taken: set[int]) -> list[int]:
    """Return where a table's caption and its unit stand: the nearest two lines above, at most."""
    found: list[int] = []
    for above in range(place - 1, max(place - 3, -1), -1):
        line = blocks[above]
        if above in taken or line.kind not in ("text", "caption") or len(line.text) > _LONGEST:
            break
        if _UNIT.fullmatch(line.text) and not found:
            found.insert(0, above)
            continue
        if _names_table(blocks, above):
            found.insert(0, above)
        break
    return found


def _names_table(blocks: list[Block], above: int) -> bool:
    line = blocks[above]
    if _OF_PICTURE.match(line.text):
        return False
    if line.kind == "caption":
        return True
    if _OF_TABLE.match(line.text):
        return not is_closed(line.text)
    bare = above > 0 and is_title(line.text) and not is_prose(line.text) and not is_closed(line.text)
    return bare and len(line.text) <= _BARE_LENGTH


def _beside_picture(blocks: list[Block], place: int, taken: set[int]) -> list[int]:
    """Return where a picture's caption stands: below it, or below the last of a row of pictures, or above."""
    below = place + 1
    while below < len(blocks) and blocks[below].kind == "picture":
        below += 1
    if below < len(blocks) and below not in taken and _names_picture(blocks[below]):
        return [below]
    above = place - 1
    marked = above >= 0 and above not in taken and blocks[above].kind == "caption"
    return [above] if marked and not _OF_TABLE.match(blocks[above].text) else []


def _names_picture(line: Block) -> bool:
    if line.kind not in ("text", "caption") or len(line.text) > _LONGEST:
        return False
    if line.kind == "caption":
        return not _OF_TABLE.match(line.text)
    return bool(_OF_PICTURE.match(line.text) or (_CREDIT.search(line.text) and len(line.text) <= _LONGEST))
