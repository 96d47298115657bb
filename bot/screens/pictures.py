"""The captions of an answer's pictures: what each shows, and where it is from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.constants import MessageLimit

from bot.markup import escape, lines, shorten, units, visible
from bot.screens.answers import source_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.messages import Words
    from retrieval.model import Paragraph, Picture

CAPTION_UNITS = 600  # of the pictures' own captions, together

Shown = tuple["Picture", "Paragraph"]
"""A picture and the paragraph that it stands at."""


def caption(shown: Sequence[Shown], words: Words) -> str:
    """Return the caption of one picture, or of an album in its order, as HTML; each source is named once.

    Where there is no room for all that is to be said of an album, the last pictures go without words.
    """
    sources = [source_line(paragraph, words) for _, paragraph in shown]
    parts: list[str] = []
    for place, ((picture, _), source) in enumerate(zip(shown, sources, strict=True)):
        said = escape(shorten(picture.caption, CAPTION_UNITS // len(shown)))
        new = lines([said, "" if source in sources[place + 1 :] else source])
        whole = words.shown(lines([*parts, new]))
        if units(visible(whole)) > MessageLimit.CAPTION_LENGTH:
            break
        parts.append(new)
    return words.shown(lines(parts))
