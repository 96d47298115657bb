"""What admins read where they choose, list and edit checked answers: HTML within the limits of a message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.keyboards.curation import CANDIDATES
from bot.markup import escape, excerpt, lines, quote, shorten, styled
from bot.screens.answers import date_text, source_line, title_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.keyboards.curation import PinsPage
    from bot.messages import Words
    from bot.state.curation import Pin
    from retrieval.model import Paragraph

QUESTION_UNITS = 160
TITLE_UNITS = 17  # of a title in a list: less than a line on a phone
FIRST_UNITS = 36  # of a paragraph in a list: two lines
TEXT_UNITS = 3000  # of a paragraph by itself


def choice(question: str, paragraphs: Sequence[Paragraph], offset: int, words: Words) -> str:
    """List the paragraphs that may be chosen for a question from `offset` on, each with its first words."""
    if not paragraphs:
        return lines([_question(question), words.curation.no_candidates])
    offered = [
        lines([f"{number}. <b>{_title(paragraph)}</b>", _first(paragraph.text)])
        for number, paragraph in enumerate(paragraphs[offset : offset + CANDIDATES], offset + 1)
    ]
    return "\n\n".join([lines([_question(question), words.curation.choose]), *offered])


def candidate(question: str, paragraph: Paragraph, words: Words) -> str:
    """Show one of them whole."""
    shown = [_question(question), _text(paragraph.text), source_line(paragraph, words)]
    return "\n".join([*shown, "", words.curation.use_this])


def pins_listing(pins: Iterable[tuple[Pin, bool]], count: int, page: PinsPage, words: Words) -> str:
    """List pins of `count`, each with whether its text is still in the index."""
    if not count:
        return words.curation.empty
    head = f"<b>{words.curation.title.format(count=count)}</b>"
    listed = [
        _pin_lines(number, pin, "✔" if located else "⚠️")
        for number, (pin, located) in enumerate(pins, page.offset + 1)
    ]
    return "\n\n".join([head, *listed])


def pin_page(pin: Pin, paragraph: Paragraph | None, words: Words) -> str:
    """Show a pin whole: as its `paragraph` stands in the index, or without one as it was when chosen."""
    curated = pin.curated
    source = source_line(paragraph, words) if paragraph else f"📄 {escape(title_of(curated))}"
    day = date_text(f"{pin.at.astimezone():%Y-%m-%d}", words)
    return lines(
        [
            f"📌 <b>{escape(shorten(curated.question, QUESTION_UNITS))}</b>",
            _text(paragraph.text if paragraph else curated.text),
            source,
            words.curation.since.format(date=day),
            "" if paragraph else words.curation.text_gone,
        ]
    )


def remove_question(pin: Pin, words: Words) -> str:
    return (
        f"{lines([_question(pin.curated.question), _first(pin.curated.text)])}\n\n{words.curation.remove_ask}"
    )


def reword_prompt(pin: Pin, words: Words) -> str:
    question = escape(shorten(pin.curated.question, QUESTION_UNITS))
    return lines([words.curation.reword_prompt, f"<code>{question}</code>"])


def _question(question: str) -> str:
    return f"❓ <b>{escape(shorten(question, QUESTION_UNITS))}</b>"


def _pin_lines(number: int, pin: Pin, mark: str) -> str:
    curated = pin.curated
    question = escape(shorten(curated.question, QUESTION_UNITS))
    title = escape(shorten(title_of(curated), TITLE_UNITS))
    return f"{number}. {question}\n{mark} {title} · {_first(curated.text)}"


def _title(paragraph: Paragraph) -> str:
    return escape(shorten(title_of(paragraph), TITLE_UNITS))


def _first(text: str) -> str:
    return escape(shorten(text, FIRST_UNITS))


def _text(text: str) -> str:
    return quote(styled(text, (), excerpt(text, TEXT_UNITS)), fold_after=600)
