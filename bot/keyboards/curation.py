"""The buttons by which admins choose, list, edit and remove checked answers, and their callback data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self, cast

from bot.keyboards.layout import button, keyboard, paging, rows
from bot.state.curation_prompts import Origin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telegram import InlineKeyboardButton, InlineKeyboardMarkup

    from bot.messages import Words
    from bot.state.curation_prompts import OriginKind

ChoiceAction = Literal["offer", "list", "show", "take", "search"]
PinAction = Literal["show", "reword", "ask", "remove"]

_ORIGIN = r"(log|pin|search)-([0-9a-z]{16})"
CHOICE = re.compile(
    rf"pin-(?:(offer|list|search):{_ORIGIN}:(\d)|(show|take):{_ORIGIN}:([0-9a-f]{{12}}))", re.ASCII
)
PIN = re.compile(r"curated-(show|reword|ask|remove):([0-9a-z]{16}):(\d{1,6})", re.ASCII)
PINS = re.compile(r"curated:(\d{1,6})", re.ASCII)

PAGE = 8  # pins
CANDIDATES = 5  # paragraphs on offer at a time
IN_A_ROW = 5


@dataclass(frozen=True, slots=True)
class ChoicePress:
    """A step of choosing a paragraph: all on `offer` in a new message, or a `list` of them in place.

    `paragraph` is the id of the one that is shown or taken, `offset` how many come before those listed.
    """

    action: ChoiceAction
    origin: Origin
    paragraph: str = ""
    offset: int = 0

    @classmethod
    def parse(cls, data: str) -> Self | None:
        match = CHOICE.fullmatch(data)
        if match is None:
            return None
        action, kind, name = match.group(1, 2, 3) if match[1] else match.group(5, 6, 7)
        origin = Origin(cast("OriginKind", kind), name)
        return cls(cast("ChoiceAction", action), origin, match[8] or "", int(match[4] or 0))

    def __str__(self) -> str:
        return f"pin-{self.action}:{self.origin}:{self.paragraph or self.offset}"


@dataclass(frozen=True, slots=True)
class PinsPage:
    """A place in the list of pins: how many newer ones come before it."""

    offset: int = 0

    @classmethod
    def parse(cls, data: str) -> Self | None:
        match = PINS.fullmatch(data)
        return cls(int(match[1])) if match else None

    def within(self, count: int) -> Self:
        """Return the page itself, or the last one where there are fewer pins by now."""
        return self if self.offset < count else type(self)(max(0, (count - 1) // PAGE * PAGE))

    def __str__(self) -> str:
        return f"curated:{self.offset}"


@dataclass(frozen=True, slots=True)
class PinPress:
    """What is done with one pin, which is shown from that place in the list."""

    action: PinAction
    id: str
    offset: int = 0

    @classmethod
    def parse(cls, data: str) -> Self | None:
        match = PIN.fullmatch(data)
        return cls(cast("PinAction", match[1]), match[2], int(match[3])) if match else None

    def __str__(self) -> str:
        return f"curated-{self.action}:{self.id}:{self.offset}"


def pin_button(log_id: str, words: Words) -> InlineKeyboardButton:
    """Build the button that chooses the paragraph for a log row's question."""
    return button(words.curation.pin, ChoicePress("offer", Origin("log", log_id)))


def choice_buttons(
    press: ChoicePress, paragraphs: Sequence[str], words: Words, back: object | None
) -> InlineKeyboardMarkup:
    """Build a number for each paragraph listed, out of all given by id, the paging, and other ways on."""
    listed = paragraphs[press.offset : press.offset + CANDIDATES]
    numbers = [
        button(str(number), ChoicePress("show", press.origin, paragraph))
        for number, paragraph in enumerate(listed, press.offset + 1)
    ]
    pages = paging(
        press.offset,
        len(paragraphs),
        CANDIDATES,
        words,
        lambda offset: ChoicePress("list", press.origin, offset=offset),
    )
    below = [button(words.curation.search, ChoicePress("search", press.origin))]
    if back is not None:
        below.insert(0, button(words.curation.back, back))
    return keyboard(*rows(numbers, IN_A_ROW), pages, below)


def take_buttons(press: ChoicePress, place: int, words: Words) -> InlineKeyboardMarkup:
    """Build what can be done with the paragraph on show, which has this place, from 0, in the list."""
    take = ChoicePress("take", press.origin, press.paragraph)
    back = ChoicePress("list", press.origin, offset=place // CANDIDATES * CANDIDATES)
    return keyboard([button(words.curation.back, back), button(words.curation.take, take)])


def pins_buttons(pins: Sequence[str], count: int, page: PinsPage, words: Words) -> InlineKeyboardMarkup:
    """Build a number for each pin on show, given by id, of `count`, and the paging."""
    numbers = [
        button(str(number), PinPress("show", pin, page.offset))
        for number, pin in enumerate(pins, page.offset + 1)
    ]
    return keyboard(*rows(numbers, IN_A_ROW), paging(page.offset, count, PAGE, words, PinsPage))


def pin_buttons(pin: str, offset: int, words: Words) -> InlineKeyboardMarkup:
    """Build what can be done with a pin."""
    return keyboard(
        [
            button(words.curation.reword, PinPress("reword", pin, offset)),
            button(words.curation.other_paragraph, ChoicePress("list", Origin("pin", pin))),
        ],
        [
            button(words.curation.all, PinsPage(offset)),
            button(words.curation.remove, PinPress("ask", pin, offset)),
        ],
    )


def remove_buttons(pin: str, offset: int, words: Words) -> InlineKeyboardMarkup:
    return keyboard(
        [
            button(words.curation.cancel, PinPress("show", pin, offset)),
            button(words.curation.remove, PinPress("remove", pin, offset)),
        ]
    )
