"""Bytes to text where a label names the encoding and may be wrong: web pages, mail.

Chinese pages say UTF-8 and are GB18030, say GB2312 and go beyond it, or say nothing. What the bytes prove
wins over the label, and the label over a guess. A few broken characters of a long text are left out; a text
with more of them is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retrieval.documents.blocks import UnreadableError
from retrieval.documents.decoding import UndecodableError, decode

if TYPE_CHECKING:
    from collections.abc import Iterator

_CODECS = {  # the labels that are believed, each with the widest encoding that it stands for
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "x-gbk", "gb_2312-80", "hz-gb-2312", "cp936"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "x-x-big5", "cp950"), "big5hkscs"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j"), "cp932"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987"), "cp949"),
    "euc-jp": "euc_jp",
    "iso-2022-jp": "iso2022_jp",
}
_WESTERN = ("iso-8859-1", "latin1", "us-ascii", "ascii", "windows-1252", "cp1252", "iso-8859-15")
_MARKUP = re.compile(rb"<(script|style)\b.*?</\1\s*>|<[^<>]*>", re.DOTALL | re.IGNORECASE)
_MOST_BROKEN = 0.002
_CONTROLS = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_SAMPLE = 4000


def decode_labelled(data: bytes, label: str | None) -> str:
    """Return the text, without byte order mark and NUL. Raise UnreadableError for what is no text."""
    text = next((text for text in _attempts(data, (label or "").strip().lower()) if text is not None), None)
    if text is None:
        raise UnreadableError("编码无法识别")
    text = text.replace("\x00", "").replace("\ufeff", "")
    if len(_CONTROLS.findall(text[:_SAMPLE])) > min(len(text), _SAMPLE) // 100:
        raise UnreadableError("二进制文件，不是文本")
    return text


def _attempts(data: bytes, label: str) -> Iterator[str | None]:
    codec = _CODECS.get(label)
    if b"\x00" in data[:_SAMPLE] or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield _guessed(data)  # UTF-16
    yield _strict(data, "utf-8")
    if codec:
        yield _strict(data, codec)
    yield _guessed(data)
    if label in _WESTERN:
        yield _strict(data, "cp1252")
    yield _mended(data, codec or "utf-8")
    yield _mended(data, "gb18030")


def _guessed(data: bytes) -> str | None:
    """Return the text as `decode` has it from the words alone: a page may begin with pages of ASCII."""
    words = data if b"\x00" in data[:_SAMPLE] else _MARKUP.sub(b" ", data)
    try:
        guess = decode(words)
    except UndecodableError:
        return None
    if words is data:
        return guess
    codecs = ("utf-8", "gb18030", "big5")
    return next((_strict(data, codec) for codec in codecs if _strict(words, codec) == guess), None)


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def _mended(data: bytes, codec: str) -> str | None:
    text = data.decode(codec, errors="replace")
    broken = text.count("\ufffd")
    return text.replace("\ufffd", "") if broken <= len(text) * _MOST_BROKEN else None
