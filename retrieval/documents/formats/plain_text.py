"""Plain text and Markdown to blocks, a block a line.

They are one format here: real `.txt` files hold `# ` headings, and real `.md` files hold text that no
Markdown writer made. So this reads the Markdown that cannot be mistaken and leaves the rest as text: an
indent of four spaces is no code, and `******` stays what it is, a redaction. Links keep their
words, pictures their captions. Paragraphs are put together elsewhere.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from retrieval.documents import front_matter
from retrieval.documents.blocks import Block, Content, Table, UnreadableError
from retrieval.documents.decoding import UndecodableError, decode
from retrieval.documents.lines import BULLET, join, tidy, visible
from retrieval.documents.sentences import is_closed, is_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from retrieval.documents.blocks import Kind

_LONGEST_ITEM = 1000  # characters; beyond, a further line is a paragraph, so that reading stays linear

_HEADING = re.compile(r"(#{1,6})(?:\s+(.+)|([^\s#][^#]*))")
_UNDERLINE = re.compile(r"={3,}|-{3,}")
_RULE = re.compile(r"([-_=~])(?:\s*\1){2,}|\*(?:\s+\*){2,}")
_FENCED = re.compile(r"^[ \t]*(```+)[^`\n]*\n(.*?)(?:^[ \t]*\1`*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_BULLET = re.compile(r"(?![-+*]\s*\d+\s*[-—]$)(?:[-+*]\s+|[•●○▪◦]\s*)(?:\[[ xX]\]\s+)?(.+)")
_ORDINAL = re.compile(r"(?:\d{1,2}[.．、)）](?!\d)|[（(]\d{1,2}[）)]|[①-⑳⒈-⒛])\s*\S")
_ROW = re.compile(r"\|.*\|")
_CELL_END = re.compile(r"(?<!\\)\|")
_ROW_RULE = frozenset("|:- \t")
_QUOTE = re.compile(r"(?:>\s?)+")
_INDENT = re.compile(r"[ \t\u00a0]{2,}|\s*\u3000")

_MARKED = re.compile(r"[\[*_`~<&]")
_PICTURE = re.compile(r"!\[([^\[\]]*)\]\(([^()\s]*)(?:\s+\"[^\"]*\")?\)")
_LINK = re.compile(r"\[([^\[\]]+)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\")?\)")
_STRONG = re.compile(r"(?<![*_])(\*\*|__)(?![\s*_])([^*_]+)(?<!\s)\1(?![*_])")
_EMPHASIS = re.compile(r"(?<![*\w])\*(?![\s*])([^*]+)(?<!\s)\*(?![*\w])")
_STRUCK = re.compile(r"~~(?!\s)([^~]+)~~")
_CODE = re.compile(r"(?<!`)(`++)([^`]+)\1(?!`)")
_BREAK = re.compile(r"<br\s*/?>|</?(?:p|div|li|tr|h[1-6])(?:\s[^<>]*)?>", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:a|b|blockquote|center|code|em|font|hr|i|img|ol|pre|section|small|span|strong|sub|sup|table|tbody|td"
    r"|th|thead|u|ul)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)


def read(data: bytes) -> Content:
    """Return what a text says of itself in its front matter, and its blocks. Raise UnreadableError."""
    try:
        text = decode(data)
    except UndecodableError as error:
        raise UnreadableError(str(error)) from error
    metadata, body = front_matter.split(text)
    return Content(blocks(body), metadata)


def blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a text without front matter, none of them empty."""
    text = _BREAK.sub("\n", _without_comments("\n".join(text.splitlines())))
    start = 0
    for fenced in _FENCED.finditer(text):
        yield from _merged(_lines(text[start : fenced.start()]))
        lines = map(_tidy_code, fenced[2].split("\n"))
        if code := "\n".join(line for line in lines if line.strip()):
            yield Block("code", code)
        start = fenced.end()
    yield from _merged(_lines(text[start:]))


def _without_comments(text: str) -> str:
    """Return the text without `<!-- … -->`; one that is never closed stays, for it may hold everything."""
    kept, start = [], 0
    while (opened := text.find("<!--", start)) >= 0 and (closed := text.find("-->", opened + 4)) >= 0:
        kept.append(text[start:opened])
        start = closed + 3
    return "".join([*kept, text[start:]])


def _visible(line: str) -> bool:
    return bool(visible(line).strip())


def _lines(text: str) -> Iterator[Block]:
    """Yield a block a line, rules too."""
    lines = text.split("\n")
    spaced = True
    rows: list[str] = []
    for raw, below in zip(lines, [*lines[1:], ""], strict=True):
        line = raw.strip()
        row = _ROW.fullmatch(line) or ("|" in line and (rows or _rules_a_table(below)))
        if row:
            rows.append(line)
            continue
        if rows:
            yield from _table(rows, spaced=spaced)
            rows, spaced = [], False
        if not _visible(line):
            spaced = True
        elif not _rules_a_table(line):
            block = _line(raw, spaced=spaced)
            if block.text:
                yield block
            spaced = False
    if rows:
        yield from _table(rows, spaced=spaced)


def _merged(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield the blocks with underlined headings as such, items with their further lines, and no rules."""
    held: Block | None = None
    ruled = False
    for block in blocks:
        rule = block.kind == "text" and _RULE.fullmatch(block.text) is not None
        if held and not block.spaced and rule and _is_underlined(held, block):
            held = Block("heading", held.text, level=1 if block.text[0] == "=" else 2)
            continue
        if held and not block.spaced and _goes_on_item(held, block):
            held = replace(held, text=join(held.text, block.text))
            continue
        if held:
            yield held
        held = None if rule else replace(block, spaced=block.spaced or ruled)
        ruled = rule
    if held:
        yield held


def _goes_on_item(above: Block, below: Block) -> bool:
    short = len(above.text) <= _LONGEST_ITEM
    return above.kind == "item" and below.kind == "text" and below.indented and short


def _is_underlined(above: Block, below: Block) -> bool:
    whole = above.kind == "text" and above.spaced and _is_head(above.text)
    return whole and _UNDERLINE.fullmatch(below.text) is not None


def _rules_a_table(line: str) -> bool:
    return "|" in line and "-" in line and _ROW_RULE.issuperset(line)


def _table(lines: list[str], *, spaced: bool) -> Iterator[Block]:
    """Yield the table that these lines draw; its first row is its heads where a rule is below it."""
    heads = 1 if len(lines) > 1 and _rules_a_table(lines[1]) else None
    rows = [_cells(line) for line in lines if not _rules_a_table(line)]
    if any(map(any, rows)):
        yield Block("table", "", spaced=spaced, table=Table.of(rows, heads))


def _cells(line: str) -> list[str]:
    inner = line.removeprefix("|")
    inner = inner if inner.endswith("\\|") else inner.removesuffix("|")
    return [tidy(_plain(cell.replace("\\|", "|"))) for cell in _CELL_END.split(inner)]


def _line(raw: str, *, spaced: bool) -> Block:
    line = _QUOTE.sub("", raw.strip(), count=1) if raw.lstrip().startswith(">") else raw.strip()
    line = tidy(line)
    if _RULE.fullmatch(line):
        return Block("text", line, spaced=spaced)
    if heading := _heading(line):
        return heading
    if match := _BULLET.fullmatch(line):
        return Block("item", BULLET + tidy(_plain(match[1])), spaced=spaced)
    if picture := _PICTURE.fullmatch(line):
        return Block("picture", tidy(picture[1]), spaced=spaced, reference=picture[2])
    text = tidy(_plain(line))
    kind: Kind = "item" if _ORDINAL.match(text) else "text"
    return Block(kind, text, spaced=spaced, indented=bool(_INDENT.match(raw)))


def _heading(line: str) -> Block | None:
    match = _HEADING.fullmatch(line)
    if match is None:
        return None
    text = match[2] or match[3]
    bare = text.rstrip("#")  # `## 标题 ##`
    text = tidy(_plain(bare if bare.endswith(" ") else text))
    # Without a space after it, the sign heads a title only: `#话题` before a sentence is text.
    return Block("heading", text, level=len(match[1])) if text and (match[2] or _is_head(text)) else None


def _is_head(text: str) -> bool:
    return is_title(text) and not is_closed(text)


def _plain(text: str) -> str:
    """Return the text without Markdown's and HTML's inline marks."""
    if not _MARKED.search(text):
        return text
    text = _LINK.sub(r"\1", _PICTURE.sub(r"\1", text))
    for mark in (_STRONG, _CODE):
        text = mark.sub(r"\2", text)
    for mark in (_EMPHASIS, _STRUCK):
        text = mark.sub(r"\1", text)
    return html.unescape(_TAG.sub("", text))


def _tidy_code(line: str) -> str:
    return visible(line).replace("\t", "    ").rstrip()
