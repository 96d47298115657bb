"""The pictures of a page: where their bytes are, what they show, and which are mere decoration."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import unquote

from retrieval.documents.blocks import Block
from retrieval.documents.lines import tidy

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

Source = Callable[[str], bytes | str | None]
"""Makes of an address an image file's bytes, or a relative path to one, or None where there is neither."""

_ADDRESSES = (
    "src",
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-actualsrc",
    "data-url",
    "_src",
    "file",
)
_DATA = re.compile(r"data:image/(?!svg)[\w.+-]+;base64,", re.IGNORECASE)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|/|#", re.IGNORECASE)
_SMALLEST_FILE = 100  # bytes; a placeholder of one pixel has fewer
_SMALLEST_SIDE = 40  # pixels; an icon has fewer
_DECORATION = re.compile(
    r"二维码|扫一扫|图标|头像|标志|广告|分享|(?<![a-z])(?:qr-?code|logo|icons?|avatar|spacer|blank|loading|share)(?![a-z])",
    re.IGNORECASE,
)
_SAYS_NOTHING = re.compile(
    r"(?:[\w.%-]*\.)?(?:jpe?g|png|gif|bmp|webp)|(?:img|image|pic(?:ture)?|photo|图|图片|插图|配图|dsc)[\s_\d-]*|[\W\d_]*",
    re.IGNORECASE,
)
_PIXELS = re.compile(r"\s*(\d{1,5})(?:\.\d*)?\s*(?:px)?\s*", re.IGNORECASE)
_STYLED = re.compile(r"(?<![\w-])(width|height)\s*:\s*(\d{1,5})(?:\.\d*)?px", re.IGNORECASE)


def picture(image: Element, source: Source) -> Block | None:
    """Return the picture of an `img` element, None for decoration and for what is not at hand."""
    if _is_decoration(image):
        return None
    for name in _ADDRESSES:
        address = image.get(name, "").strip()
        found = source(address) if address else None
        if isinstance(found, bytes) and len(found) >= _SMALLEST_FILE:
            return Block("picture", _words(image), image=found)
        if isinstance(found, str):
            return Block("picture", _words(image), reference=found)
    return None


def beside_page(address: str) -> bytes | str | None:
    """Return what a `data:` address holds, or a path relative to the page; None for one elsewhere."""
    if match := _DATA.match(address):
        return _decoded(address[match.end() :])
    return relative_path(address)


def relative_path(address: str) -> str | None:
    """Return an address within a folder as a path: percent-decoded, without query, with forward slashes."""
    address = address.replace("\\", "/")
    if _ELSEWHERE.match(address):
        return None
    return unquote(re.split(r"[?#]", address, maxsplit=1)[0]).replace("\x00", "") or None


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(unquote(text) if "%" in text else text)
    except (binascii.Error, ValueError):  # ValueError: characters beyond ASCII
        return None


def _is_decoration(image: Element) -> bool:
    styled = dict(_STYLED.findall(image.get("style", "").lower()))
    for side in ("width", "height"):
        given = _PIXELS.fullmatch(image.get(side, ""))
        pixels = given[1] if given else styled.get(side)
        if pixels is not None and int(pixels) < _SMALLEST_SIDE:
            return True
    name = image.get("src", "")
    described = (image.get("alt"), image.get("title"), image.get("class"), image.get("id"))
    short = [text for text in described if text and len(text) <= 30]
    file = "" if name[:5].lower() == "data:" else name[:1000].rsplit("/", 1)[-1]
    return any(_DECORATION.search(text) for text in (*short, file))


def _words(image: Element) -> str:
    """Return what the picture shows by its `alt` or `title`, empty where they say nothing."""
    texts = (tidy(" ".join(image.get(name, "")[:500].split())) for name in ("alt", "title"))
    return next((text for text in texts if text and not _SAYS_NOTHING.fullmatch(text)), "")
