"""An Answer as Telegram messages: the figures, the paragraph that holds them, its source, and nothing else.

Everything comes from the Answer; nothing is searched, scored or sent here. Each function returns HTML within
Telegram's limits for one message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.constants import MessageLimit

from bot.markup import escape, excerpt, last_sentences, lines, quote, shorten, styled, units, visible
from bot.pages import as_shown, number_of, other_titles, shown_figures
from bot.screens.series import series_table
from retrieval.coverage import missing_year
from retrieval.documents import HEADING_SEPARATOR
from retrieval.illustrations import is_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.markup import Style
    from bot.messages import Words
    from retrieval.curated import Curated
    from retrieval.model import Answer, Figure, Hit, Paragraph, Span

ELSEWHERE = 2  # articles named that say the same
NAME_UNITS = 100  # of a title, heading or metric
QUESTION_UNITS = 200
NEIGHBOUR_UNITS = 900  # of the text before and after
MARKED = 30  # runs in each of the three texts around: a message has at most 100
ELLIPSES = 2  # that cutting may add
FOLDED = 200  # units from which a quotation is folded to its first three lines
FOLDED_LONG = 800  # and one that has to be seen further down
LONG_SENTENCE = 60  # characters from which bold type is too much of it
HEADINGS = 2  # levels of a section that are shown, from below
SURE = 0.9  # confidence from which a text read from an image is taken to be right
PICTURE = "🖼 "
FIRST_LINES = 40  # characters that are seen of a folded one, also on a small phone


def answer_page(  # noqa: PLR0913 - one argument a choice, by keyword
    answer: Answer,
    rank: int,
    words: Words,
    *,
    named: bool = False,
    alone: bool = False,
    with_course: bool = True,
    limit: int = MessageLimit.MAX_TEXT_LENGTH,
) -> str:
    """Render result `rank` (from 0) of an answer, or say honestly that nothing was found.

    A page that is `named` begins with its question. So does one that stands `alone`, in a chat where nobody
    has seen the question; it speaks of no other page. The first page has the table of a
    course, unless it is to be without. The paragraph is cut for the page to keep to `limit`.
    """
    asked = f"❓ {escape(shorten(answer.question.text, QUESTION_UNITS))}" if named or alone else ""
    if not answer.found or not answer.hits:
        return _not_found(answer, words, asked)
    hit = answer.hits[rank]
    figures = shown_figures(answer, rank, own=alone)
    course = answer.series if rank == 0 and with_course else None
    said = [series_table(course, words)] if course else _figure_lines(figures, answer, hit, words)
    head = [asked, _reading(answer, words), _other_year(answer, words), *said]
    beside = () if course else figures
    own = next((figure for figure in beside if figure.paragraph == hit.paragraph.id), None)
    suggestion = _did_you_mean(answer, words) if rank == 0 and not alone else ""
    foot = [_elsewhere(other_titles(answer, hit), words), suggestion]
    return _page(head, hit, own, words, foot, limit)


def context_page(
    hit: Hit, before: Paragraph | None, here: Paragraph, after: Paragraph | None, words: Words
) -> str:
    """Render the paragraph `here` between the ones around it, with all that is known of its source.

    The result that the reader came from is marked wherever it stands among them.
    """

    def part(paragraph: Paragraph | None, choose: Callable[[str, int], Span], limit: int) -> str:
        if paragraph is None:
            return ""
        text = _converted(paragraph.text, words)
        marks = _marks(hit, None) if paragraph.id == hit.paragraph.id else ()
        return styled(text, marks, choose(text, limit), most=MARKED)

    middle = part(here, excerpt, NEIGHBOUR_UNITS * 2)
    parts = [
        part(before, last_sentences, NEIGHBOUR_UNITS),
        quote(middle, fold_after=MessageLimit.MAX_TEXT_LENGTH),  # never folded: it was asked for
        part(after, excerpt, NEIGHBOUR_UNITS),
        words.shown(source_line(here, words, here.source, here.author)),
    ]
    return "\n\n".join(part for part in parts if part.strip())


def _reading(answer: Answer, words: Words) -> str:
    """Say how a follow-up was read; empty for a question that stands by itself."""
    read_as = answer.question.read_as
    return (
        f"<i>{words.answers.read_as.format(question=escape(shorten(read_as, NAME_UNITS)))}</i>"
        if read_as
        else ""
    )


def _other_year(answer: Answer, words: Words) -> str:
    """Say that what is shown is not about the year asked for; empty where it may be."""
    year = missing_year(answer)
    return f"<i>⚠️ {words.answers.other_year.format(year=year)}</i>" if year else ""


def _did_you_mean(answer: Answer, words: Words) -> str:
    """Offer the suggested question; empty where there is none."""
    return words.answers.did_you_mean.format(question=escape(answer.suggestion)) if answer.suggestion else ""


def _not_found(answer: Answer, words: Words, asked: str) -> str:
    head = [
        asked,
        _reading(answer, words),
        words.answers.not_found,
        _did_you_mean(answer, words) or words.answers.rephrase,
    ]
    if not (answer.near and answer.hits):
        return words.shown(lines(head))
    return _page([*head, f"\n<b>{words.answers.perhaps}</b>"], answer.hits[0], None, words)


def _page(  # noqa: PLR0913, PLR0917 - one argument a part
    head: Sequence[str],
    hit: Hit,
    figure: Figure | None,
    words: Words,
    foot: Sequence[str] = (),
    limit: int = MessageLimit.MAX_TEXT_LENGTH,
) -> str:
    paragraph = hit.paragraph
    checked = words.curation.checked if hit.checked else ""
    above, below = (
        words.shown(lines(head)),
        words.shown(lines([source_line(paragraph, words), checked, *foot])),
    )
    sign = PICTURE if is_picture(paragraph) else ""
    room = limit - units(visible(f"{above}\n\n{sign}{below}")) - ELLIPSES
    text = _converted("\n".join([paragraph.text, *(after.text for after in hit.continued)]), words)
    within = excerpt(text, room, _kept(hit, figure))
    # What answers is not folded away below the first lines, nor is a list that was asked for.
    in_sight = not hit.continued and all(start < FIRST_LINES for start, _ in hit.answering)
    shown = quote(sign + styled(text, _marks(hit, figure), within), FOLDED if in_sight else FOLDED_LONG)
    return lines([above, shown, below])


def _converted(text: str, words: Words) -> str:
    """Return a text in the reader's characters, each in its place: marks and figures go by place."""
    shown = words.shown(text)
    return shown if len(shown) == len(text) else text


def _kept(hit: Hit, figure: Figure | None) -> Span | None:
    """Choose what an excerpt must hold: the sentence with the figure, or else the first that answers."""
    if figure:
        own = (span for span in hit.answering if span[0] <= figure.start and figure.end <= span[1])
        return next(own, (figure.start, figure.end))
    return next(iter(hit.answering or hit.marks), None)


def _marks(hit: Hit, figure: Figure | None) -> list[Style]:
    """Put in bold the sentence with the figure, the figure alone where that is long, or else what answers.

    Where no sentence stands out, the figure is bold and the matched words are underlined.
    """
    kept = _kept(hit, figure)
    if figure and kept:
        start, end = kept if kept[1] - kept[0] <= LONG_SENTENCE else (figure.start, figure.end)
        bold = [(start, end, "b")]
    else:
        bold = [(start, end, "b") for start, end in hit.answering]
    words = () if hit.answering or hit.continued else hit.marks
    return [*bold, *((start, end, "u") for start, end in words)]


def _figure_lines(figures: Sequence[Figure], answer: Answer, hit: Hit, words: Words) -> list[str]:
    """Give the best figure a line of its own, and the others one together."""
    described = []
    here = number_of(answer, hit.paragraph.id)
    for figure in figures:
        about = [escape(shorten(part, NAME_UNITS)) for part in (figure.metric, figure.period) if part]
        if (number := number_of(answer, figure.paragraph)) and number != here:
            about.append(words.answers.in_result.format(number=number))
        described.append((escape(shorten(as_shown(figure, answer), NAME_UNITS)), " · ".join(about)))
    if not described:
        return []
    (best, about_best), *others = described
    also = words.answers.between.join(f"{text} {about}".strip() for text, about in others)
    return [f"<b>{best}</b>　{about_best}".rstrip(), words.answers.also.format(figures=also) if also else ""]


def title_of(text: Paragraph | Curated) -> str:
    """Return the title of the document that a text is from, or else the path of its file."""
    return text.title if text.title.strip() else text.document


def place_of(paragraph: Paragraph, words: Words) -> list[str]:
    """Return where in its document a paragraph stands: its heading with the one above, and the page."""
    heading = HEADING_SEPARATOR.join((paragraph.section or "").split(HEADING_SEPARATOR)[-HEADINGS:])
    page = words.answers.page.format(page=paragraph.page) if paragraph.page else ""
    return [part for part in (heading, page) if part]


def source_line(paragraph: Paragraph, words: Words, *names: str | None) -> str:
    """Name the document, the section, the page, the date, and other `names` before that.

    A second line says where the text was read from an image.
    """
    date = date_text(paragraph.date, words) if paragraph.date else None
    parts = title_of(paragraph), *place_of(paragraph, words), *names, date
    source = "📄 " + " · ".join(escape(shorten(part, NAME_UNITS)) for part in parts if part)
    if paragraph.confidence is None:
        return source
    sure = paragraph.confidence >= SURE
    return f"{source}\n🔍 {words.answers.recognised if sure else words.answers.recognised_badly}"


def _elsewhere(titles: Sequence[str], words: Words) -> str:
    """Name the other articles that say the same; empty for none."""
    if not titles:
        return ""
    named = words.answers.between.join(shorten(title, NAME_UNITS) for title in titles[:ELSEWHERE])
    said = words.answers.elsewhere if len(titles) <= ELSEWHERE else words.answers.elsewhere_more
    return escape(said.format(titles=named, count=len(titles)))


def date_text(iso: str, words: Words) -> str:
    """Write an ISO 8601 date, whole or reduced, as the language does; anything else stays as it is."""
    parts = iso.split("-")
    if not all(part.isdecimal() for part in parts) or len(parts) > 3:
        return iso
    form = (words.answers.year, words.answers.month, words.answers.day)[len(parts) - 1]
    return form.format(**dict(zip(("year", "month", "day"), (int(part) for part in parts), strict=False)))
