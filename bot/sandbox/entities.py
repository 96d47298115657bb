"""Message entities: Telegram's HTML read into them, and links, commands and mentions found in plain text.

Offsets and lengths are in UTF-16 code units, as Telegram counts. The HTML reader follows the reference
implementation (tdlib, `MessageEntity.cpp`), its messages and its byte offsets included. Markdown is not read.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from telegram.constants import MessageLimit

from bot.sandbox.wire import bad_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.sandbox.wire import Json

TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
    "tg-spoiler": "spoiler", "span": "spoiler", "tg-emoji": "custom_emoji",
    "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote",
}  # fmt: skip
CHARACTER = re.compile(r"&(?:(lt|gt|amp|quot)|#(\d+)|#x([0-9a-fA-F]+));?")
FOUND_IN_TEXT = re.compile(
    r"(?P<url>https?://[^\s<>\"'，。；：！？、（）《》【】「」]+[^\s<>\"'，。；：！？、（）《》【】「」.,;:!?)\]])"
    r"|(?P<email>(?<![\w.+-])[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,})"
    r"|(?P<bot_command>(?<![\w/<>\[\]])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>\[\]]))"
    r"|(?P<mention>(?<!\w)@[A-Za-z0-9_]{4,32}(?!\w))"
    r"|(?P<hashtag>(?<!\w)#(?=\w*[^\W\d])\w{1,256})"
)


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf16_slice(text: str, offset: int, length: int) -> str:
    units = text.encode("utf-16-le", "surrogatepass")
    return units[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")


def formatted(text: str, parse_mode: str, given: list[Json] | None = None) -> tuple[str, list[Json]]:
    """Return the text as it is shown and its entities.

    `given` are the entities of the call, used where there is no `parse_mode`. Raise ApiError on bad markup.
    """
    mode = parse_mode.lower()
    if mode == "html":
        text, entities = parse_html(text)
    elif mode in {"markdown", "markdownv2"}:
        raise bad_request(f"parse mode {parse_mode} is not supported in the sandbox; use HTML")
    elif mode:
        raise bad_request("unsupported parse_mode")
    else:
        entities = _checked(text, given or [])
    text, entities = _trimmed(text, entities)
    hidden = [entity for entity in entities if entity["type"] in {"code", "pre", "text_link"}]
    found = [entity for entity in find_entities(text) if not any(_overlap(entity, other) for other in hidden)]
    entities = _in_order([*entities, *found])
    if len(entities) > MessageLimit.MESSAGE_ENTITIES:
        # Telegram drops what is over the limit without a word; that would hide the defect here.
        raise bad_request(
            f"can't parse entities: {len(entities)} entities, {MessageLimit.MESSAGE_ENTITIES} allowed"
        )
    return text, entities


def find_entities(text: str) -> list[Json]:
    """Return the links, addresses, commands, mentions and hashtags that Telegram marks by itself."""
    return [
        {
            "type": str(match.lastgroup),
            "offset": utf16_length(text[: match.start()]),
            "length": utf16_length(match.group()),
        }
        for match in FOUND_IN_TEXT.finditer(text)
    ]


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Raise ApiError `can't parse entities: …` as Telegram words it."""
    return _HtmlReader(source).read()


@dataclass(frozen=True, slots=True)
class _OpenTag:
    name: str
    argument: str | None
    offset: int


class _HtmlReader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0
        self.text: list[str] = []
        self.length = 0  # of the text so far, in UTF-16 units
        self.open: list[_OpenTag] = []
        self.entities: list[Json] = []

    def read(self) -> tuple[str, list[Json]]:
        while (here := self._peek()) != "":
            if here == "<":
                self._tag()
            else:
                self._append(self._character())
        if self.open:
            self._fail(f'Can\'t find end tag corresponding to start tag "{self.open[-1].name}"')
        return "".join(self.text), _in_order(self.entities)

    def _tag(self) -> None:
        begin = self.position
        self.position += 1
        if self._peek() == "/":
            self.position += 1
            self._end_tag(begin)
        else:
            self._start_tag(begin)
        self.position += 1  # the ">"

    def _start_tag(self, begin: int) -> None:
        name = self._take_until(lambda char: char.isspace() or char == ">").lower()
        if not self._peek():
            self._fail("Unclosed start tag", begin)
        if name not in TAGS:
            self._fail(f'Unsupported start tag "{name}"', begin)
        argument: str | None = None
        while True:
            self._skip_spaces()
            if self._peek() == ">":
                break
            attribute, value = self._attribute(name, begin)
            argument = _argument(name, attribute, value) or argument
        if name == "span" and argument is None:
            self._fail('Tag "span" must have class "tg-spoiler"', begin)
        if name == "tg-emoji" and argument is None:
            self._fail('Tag "tg-emoji" must have attribute "emoji-id"', begin)
        self.open.append(_OpenTag(name, argument, self.length))

    def _attribute(self, tag: str, begin: int) -> tuple[str, str]:
        name = self._take_until(lambda char: char.isspace() or char in "=>/\"'").lower()
        if not name and self._peek():
            self._fail(f'Empty attribute name in the tag "{tag}"', begin)
        self._skip_spaces()
        value = ""
        if self._peek() == "=":
            self.position += 1
            self._skip_spaces()
            value = self._attribute_value()
        if not self._peek():
            self._fail(f'Unclosed start tag "{tag}"', begin)
        return name, value

    def _attribute_value(self) -> str:
        begin = self.position
        quote = self._peek()
        if quote not in {"'", '"'}:
            value = self._take_until(lambda char: not (char.isascii() and (char.isalnum() or char in ".-")))
            if self._peek() and not self._peek().isspace() and self._peek() != ">":
                self._fail("Unexpected end of name token", begin)
            return value.lower()
        self.position += 1
        parts: list[str] = []
        while self._peek() not in {"", quote}:
            parts.append(self._character())
        self.position += 1
        return "".join(parts)

    def _end_tag(self, begin: int) -> None:
        if not self.open:
            self._fail("Unexpected end tag", begin)
        name = self._take_until(lambda char: char.isspace() or char == ">").lower()
        self._skip_spaces()
        if self._peek() != ">":
            self._fail("Unclosed end tag", begin)
        tag = self.open.pop()
        if name and name != tag.name:
            self._fail("Unmatched end tag", begin, f', expected "</{tag.name}>", found "</{name}>"')
        if self.length > tag.offset:
            self._close(tag)

    def _close(self, tag: _OpenTag) -> None:
        entity: Json = {"type": TAGS[tag.name], "offset": tag.offset, "length": self.length - tag.offset}
        if tag.name == "a":
            entity["url"] = tag.argument or "".join(self.text)[-entity["length"] :]
        elif tag.name == "tg-emoji":
            entity["custom_emoji_id"] = tag.argument
        elif tag.name == "blockquote" and tag.argument is not None:
            entity["type"] = "expandable_blockquote"
        elif tag.name == "code" and tag.argument is not None:
            outer = self.open[-1] if self.open else None
            if outer is not None and outer.name == "pre" and outer.offset == tag.offset:
                self.open[-1] = _OpenTag("pre", tag.argument, outer.offset)
                return  # the language of the block, no entity of its own
        elif tag.name == "pre" and tag.argument is not None:
            entity["language"] = tag.argument
        self.entities.append(entity)

    def _character(self) -> str:
        """Take one character, decoded; an unknown `&name;` stays as it is."""
        match = CHARACTER.match(self.source, self.position) if self._peek() == "&" else None
        if match is None:
            self.position += 1
            return self.source[self.position - 1]
        self.position = match.end()
        return html.unescape(match.group().removesuffix(";") + ";")

    def _append(self, text: str) -> None:
        self.text.append(text)
        self.length += utf16_length(text)

    def _peek(self) -> str:
        return self.source[self.position : self.position + 1]

    def _skip_spaces(self) -> None:
        while self._peek().isspace():
            self.position += 1

    def _take_until(self, stop: Callable[[str], bool]) -> str:
        begin = self.position
        while self._peek() and not stop(self._peek()):
            self.position += 1
        return self.source[begin : self.position]

    def _fail(self, reason: str, position: int | None = None, detail: str = "") -> NoReturn:
        at = "" if position is None else f" at byte offset {len(self.source[:position].encode())}"
        raise bad_request(f"can't parse entities: {reason}{at}{detail}")


def _argument(tag: str, attribute: str, value: str) -> str | None:
    match tag, attribute:
        case ("a", "href") | ("tg-emoji", "emoji-id"):
            return value
        case "code", "class" if value.startswith("language-"):
            return value.removeprefix("language-")
        case "span", "class" if value == "tg-spoiler":
            return value
        case "blockquote", "expandable":
            return "expandable"
    return None


def _checked(text: str, entities: Iterable[Json]) -> list[Json]:
    end = utf16_length(text)
    checked = []
    for entity in entities:
        if (
            not all(isinstance(entity.get(name), int) for name in ("offset", "length"))
            or "type" not in entity
        ):
            raise bad_request("can't parse MessageEntity: type, offset and length are expected")
        if entity["offset"] < 0 or entity["length"] <= 0 or entity["offset"] + entity["length"] > end:
            raise bad_request(f"entity of type {entity['type']} lies outside of the text")
        checked.append(dict(entity))
    return checked


def _trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Take the white space off both ends, as Telegram does, and move the entities with the text."""
    shift = utf16_length(text[: len(text) - len(text.lstrip())])
    text = text.strip()
    end = utf16_length(text)
    moved = []
    for entity in entities:
        first = max(0, entity["offset"] - shift)
        last = min(end, entity["offset"] + entity["length"] - shift)
        if first < last:
            moved.append({**entity, "offset": first, "length": last - first})
    return text, moved


def _in_order(entities: list[Json]) -> list[Json]:
    return sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _overlap(one: Json, other: Json) -> bool:
    return bool(
        one["offset"] < other["offset"] + other["length"] and other["offset"] < one["offset"] + one["length"]
    )
