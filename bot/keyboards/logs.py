"""The buttons around the query log, and what their callback data says.

The data holds the selection, all but its word, for which there is no room: that is read from the message
under which the button stands. So a button needs no memory of ours and works after a restart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Self, cast

from bot.keyboards.curation import pin_button
from bot.keyboards.layout import button, keyboard, paging, rows
from bot.log.export import FORMS
from bot.log.selection import EVERYTHING, SWITCHES, Period, Selection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telegram import InlineKeyboardMarkup

    from bot.log.entry import Entry
    from bot.log.export import Form
    from bot.log.statistics import Gap
    from bot.messages import Words

Span = Literal["7", "30", "all"]

_PLACE = r"(\d{1,7}):(all|today|week)([01])([01])([01]):([0-9a-f]{0,16})"
_GAPS = r"(7|30|all):(\d{1,4})"
_ID = r"[0-9a-z]{16}"
LOGS = re.compile(rf"logs:{_PLACE}", re.ASCII)
ENTRY = re.compile(rf"log:({_ID}):((?:logs:{_PLACE})|gap:{_GAPS}:{_ID})", re.ASCII)
EXPORT = re.compile(rf"export-(csv|xlsx):(logs:{_PLACE})", re.ASCII)
GAPS = re.compile(rf"gaps:{_GAPS}", re.ASCII)
GAP = re.compile(rf"gap:{_GAPS}:({_ID})", re.ASCII)
STATISTICS = re.compile(r"stats:(7|30)", re.ASCII)

SPANS: tuple[Span, ...] = ("7", "30", "all")
LISTED = 8  # rows a page
WORDINGS = 8  # of a group of questions that have a button
IN_A_ROW = 4


@dataclass(frozen=True, slots=True)
class LogsPlace:
    """A place in the listing of a selection: how many newer rows come before it.

    Of the selection's word the data tells only whether there is one.
    """

    offset: int = 0
    selection: Selection = EVERYTHING

    @classmethod
    def parse(cls, data: str, word: str = "") -> Self | None:
        """Read the data; `word` is the one that the message shows. None also where it lacks it."""
        match = LOGS.fullmatch(data)
        if match is None or (match[5] == "1" and not word):
            return None
        period = cast("Period", match[2])
        flags = match[3] == "1", match[4] == "1"
        return cls(int(match[1]), Selection(period, *flags, match[6], word if match[5] == "1" else ""))

    def __str__(self) -> str:
        one = self.selection
        flags = f"{one.unanswered:d}{one.downvoted:d}{bool(one.word):d}"
        return f"logs:{self.offset}:{one.period}{flags}:{one.asker}"


@dataclass(frozen=True, slots=True)
class GapsPlace:
    """A place in the list of what stayed unanswered in the last days: how many groups come before it."""

    span: Span = "30"
    offset: int = 0

    @classmethod
    def parse(cls, data: str) -> Self | None:
        match = GAPS.fullmatch(data)
        return cls(cast("Span", match[1]), int(match[2])) if match else None

    def __str__(self) -> str:
        return f"gaps:{self.span}:{self.offset}"


@dataclass(frozen=True, slots=True)
class GapPlace:
    """The group of unanswered questions that has the log row `log_id`, and where it was opened from."""

    log_id: str
    back: GapsPlace

    @classmethod
    def parse(cls, data: str) -> Self | None:
        match = GAP.fullmatch(data)
        return cls(match[3], GapsPlace(cast("Span", match[1]), int(match[2]))) if match else None

    def __str__(self) -> str:
        return f"gap:{self.back.span}:{self.back.offset}:{self.log_id}"


@dataclass(frozen=True, slots=True)
class EntryPlace:
    """A whole row of the log, and where it was opened from."""

    log_id: str
    back: LogsPlace | GapPlace

    @classmethod
    def parse(cls, data: str, word: str = "") -> Self | None:
        match = ENTRY.fullmatch(data)
        back = match and (LogsPlace.parse(match[2], word) or GapPlace.parse(match[2]))
        return cls(match[1], back) if match and back else None

    def __str__(self) -> str:
        return f"log:{self.log_id}:{self.back}"


@dataclass(frozen=True, slots=True)
class ExportPress:
    form: Form
    selection: Selection

    @classmethod
    def parse(cls, data: str, word: str = "") -> Self | None:
        match = EXPORT.fullmatch(data)
        place = match and LogsPlace.parse(match[2], word)
        return cls(cast("Form", match[1]), place.selection) if match and place else None

    def __str__(self) -> str:
        return f"export-{self.form}:{LogsPlace(0, self.selection)}"


def last_page(count: int) -> int:
    """Return the offset of the last page of `count` rows: what was there may be deleted meanwhile."""
    return max(0, count - 1) // LISTED * LISTED


def logs_buttons(
    entries: Sequence[Entry], place: LogsPlace, count: int, words: Words
) -> InlineKeyboardMarkup:
    """Build a number for each row on show, the paging, the switches, and the export of all `count` rows."""
    numbers = [
        button(str(number), EntryPlace(entry.id, place))
        for number, entry in enumerate(entries, place.offset + 1)
    ]
    switches = [
        button(
            f"{words.logs.switches[switch]}{' ✓' if place.selection.has(switch) else ''}",
            LogsPlace(0, place.selection.switched(switch)),
        )
        for switch in SWITCHES
    ]
    export = [
        button(words.logs.export.format(form=form.upper()), ExportPress(form, place.selection))
        for form in FORMS
    ]
    pages = paging(place.offset, count, LISTED, words, lambda offset: replace(place, offset=offset))
    return keyboard(*rows(numbers, IN_A_ROW), pages, switches, export if count else [])


def entry_buttons(entry: Entry, place: EntryPlace, words: Words) -> InlineKeyboardMarkup:
    """Build what can be done from one whole row; each row of buttons is one concern."""
    same_asker = LogsPlace(0, Selection(asker=entry.asker))
    return keyboard(
        [pin_button(entry.id, words)],
        [button(words.logs.same_asker, same_asker), button(words.logs.back, place.back)],
    )


def gaps_buttons(gaps: Sequence[Gap], place: GapsPlace, count: int, words: Words) -> InlineKeyboardMarkup:
    """Build a number for each group on show, the paging over all `count` groups, and the spans of days."""
    numbers = [
        button(str(number), GapPlace(gap.wordings[0].id, place))
        for number, gap in enumerate(gaps, place.offset + 1)
    ]
    spans = [
        button(f"{words.logs.spans[span]}{' ✓' if span == place.span else ''}", GapsPlace(span))
        for span in SPANS
    ]
    pages = paging(place.offset, count, LISTED, words, lambda offset: replace(place, offset=offset))
    return keyboard(*rows(numbers, IN_A_ROW), pages, spans)


def gap_buttons(gap: Gap, place: GapPlace, words: Words) -> InlineKeyboardMarkup:
    """Build a number for the latest row of each wording, and the way back to the list."""
    numbers = [
        button(str(number), EntryPlace(wording.id, place))
        for number, wording in enumerate(gap.wordings[:WORDINGS], 1)
    ]
    return keyboard(*rows(numbers, IN_A_ROW), [button(words.logs.back, place.back)])


def statistics_buttons(days: int, words: Words) -> InlineKeyboardMarkup:
    return keyboard(
        [
            button(f"{words.logs.spans[str(one)]}{' ✓' if one == days else ''}", f"stats:{one}")
            for one in (7, 30)
        ]
    )
