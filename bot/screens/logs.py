"""What admins read of the query log: the listing, one whole row, and what stayed unanswered; as HTML.

A word that was searched for stands in the first `<code>` of a message, where its buttons find it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.keyboards.logs import WORDINGS
from bot.log.selection import EVERYTHING
from bot.markup import escape, lines, quote, shorten
from bot.pages import shown_figures
from bot.screens.answers import place_of, title_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from bot.keyboards.logs import GapsPlace, LogsPlace
    from bot.log.entry import Entry, Vote
    from bot.log.selection import Selection
    from bot.log.statistics import Gap
    from bot.messages import Words
    from retrieval.model import Hit

QUESTION_UNITS = 120
OUTCOME_UNITS = 24
WHOLE_UNITS = 400  # of a question or comment that is shown alone
TITLE_UNITS = 60
TEXT_UNITS = 60  # of a hit's first line or two
FIGURES = 5
VOTES = 5
SHORT_ASKER = 8  # digits of a hash that tell people apart


def logs_listing(entries: Sequence[Entry], count: int, place: LogsPlace, words: Words) -> str:
    """List rows, newest first, each in two lines: the question, and what became of it."""
    rows = [_row(entry, number) for number, entry in enumerate(entries, place.offset + 1)]
    head = lines([f"<b>{words.logs.title.format(count=count)}</b>", selected(place.selection, words)])
    nothing = words.logs.empty if place.selection == EVERYTHING else words.logs.none_found
    return "\n\n".join([head, *(rows or [nothing])])


def selected(selection: Selection, words: Words) -> str:
    """Say which word and asker were looked for; empty without any."""
    parts = [
        f"<code>{escape(selection.word)}</code>" if selection.word else "",
        escape(words.logs.asker.format(asker=selection.asker[:SHORT_ASKER])) if selection.asker else "",
    ]
    said = " · ".join(filter(None, parts))
    return f"🔎 {said}" if said else ""


def entry_page(entry: Entry, selection: Selection, words: Words) -> str:
    """Show all of one row that fits a message."""
    answer, texts = entry.answer, words.logs
    facts = [
        f"✅ {texts.answered}" if answer.found else f"❔ {texts.unanswered}",
        f"{entry.at.astimezone():%Y-%m-%d %H:%M:%S}",
    ]
    who = [
        texts.asker.format(asker=entry.asker),
        texts.chat_kinds.get(entry.chat_kind, entry.chat_kind),
        entry.language,
    ]
    read_as = answer.question.read_as
    parts = [
        [
            selected(selection, words) if selection.word else "",
            f"<b>{escape(shorten(answer.question.text, WHOLE_UNITS))}</b>",
            escape(texts.read_as.format(question=shorten(read_as, WHOLE_UNITS))) if read_as else "",
        ],
        [escape(" · ".join(facts)), escape(" · ".join(filter(None, who)))],
        [*_figures(entry, words)],
        _hits(entry, words),
        [*_votes(entry, words)],
        [_stages(entry, words), escape(texts.snapshot.format(name=answer.snapshot))],
    ]
    return "\n\n".join(filter(None, map(lines, parts)))


def gaps_listing(gaps: Sequence[Gap], place: GapsPlace, count: int, words: Words) -> str:
    """List groups of unanswered questions, each in two lines: its wording, how often and when."""
    head = f"<b>{words.logs.gaps_title.format(count=count)}</b> · {words.logs.spans[place.span]}"
    rows = [
        f"{number}. {escape(shorten(gap.wordings[0].text, QUESTION_UNITS))}\n{_gap_facts(gap, words)}"
        for number, gap in enumerate(gaps, place.offset + 1)
    ]
    return "\n\n".join([head, *(rows or [words.logs.gaps_empty])])


def gap_page(gap: Gap, words: Words) -> str:
    """Show the wordings of one group, those with a button numbered."""
    wordings = [
        f"{number}. {escape(shorten(wording.text, QUESTION_UNITS))}\n"
        f"{words.logs.times.format(count=wording.count)} · {time_text(wording.at)}"
        for number, wording in enumerate(gap.wordings[:WORDINGS], 1)
    ]
    more = len(gap.wordings) - WORDINGS
    rest = [words.logs.more.format(count=more)] if more > 0 else []
    return "\n\n".join([f"<b>❔ {_gap_facts(gap, words)}</b>", *wordings, *rest])


def vote_text(vote: Vote, words: Words) -> str:
    """Say in one line, as HTML, what somebody thought and why."""
    said = [
        "👍" if vote.verdict == "up" else "👎",
        words.logs.rank.format(rank=vote.rank + 1),
        words.feedback.reasons.get(vote.reason, vote.reason) if vote.reason else "",
        f"“{shorten(vote.comment, QUESTION_UNITS)}”" if vote.comment else "",
    ]
    return escape(" ".join(filter(None, said)))


def time_text(moment: datetime) -> str:
    return f"{moment.astimezone():%m-%d %H:%M}"


def _row(entry: Entry, number: int) -> str:
    answer = entry.answer
    facts = [
        time_text(entry.at),
        escape(shorten(_outcome(entry), OUTCOME_UNITS)) if answer.found else "",
        f"{answer.milliseconds:.0f} ms",
        f"👍{entry.ups}" if entry.ups else "",
        f"👎{entry.downs}" if entry.downs else "",
    ]
    asked = " → ".join(filter(None, (answer.question.text, answer.question.read_as)))
    mark = "✅" if answer.found else "❔"
    question = escape(shorten(asked, QUESTION_UNITS))
    return f"{number}. {mark} {question}\n{' · '.join(fact for fact in facts if fact)}"


def _outcome(entry: Entry) -> str:
    """Return the figure that was shown first, or else the title of the best paragraph."""
    for figure in shown_figures(entry.answer, 0):
        return figure.text
    for hit in entry.answer.hits:
        return hit.paragraph.title
    return ""


def _figures(entry: Entry, words: Words) -> Iterator[str]:
    figures = entry.answer.figures[:FIGURES]
    if figures:
        yield f"<b>{words.logs.figures}</b>"
    for figure in figures:
        said = " · ".join(filter(None, (figure.text, figure.metric, figure.period)))
        yield f"· {words.shown(escape(shorten(said, TITLE_UNITS)))}"


def _hits(entry: Entry, words: Words) -> list[str]:
    if not entry.answer.hits:
        return []
    hits = [
        f"{number}. <b>{hit.score:.1f}</b> {_source(hit, words)}\n"
        f"{escape(shorten(hit.paragraph.text, TEXT_UNITS))}"
        for number, hit in enumerate(entry.answer.hits, 1)
    ]
    return [f"<b>{words.logs.paragraphs}</b>", quote(words.shown(lines(hits)))]


def _source(hit: Hit, words: Words) -> str:
    said = " · ".join([title_of(hit.paragraph), *place_of(hit.paragraph, words)])
    return f"{'📌 ' if hit.checked else ''}{escape(shorten(said, TITLE_UNITS))}"


def _votes(entry: Entry, words: Words) -> Iterator[str]:
    if entry.votes:
        yield f"<b>{words.logs.votes}</b>"
    yield from (vote_text(vote, words) for vote in entry.votes[-VOTES:])


def _stages(entry: Entry, words: Words) -> str:
    total = words.logs.took.format(milliseconds=f"{entry.answer.milliseconds:.1f}")
    stages = " · ".join(
        f"{words.logs.stages.get(name, name)} {milliseconds:.1f}"
        for name, milliseconds in entry.answer.stages.items()
    )
    return escape(lines([total, stages]))


def _gap_facts(gap: Gap, words: Words) -> str:
    wordings = len(gap.wordings)
    facts = [
        words.logs.times.format(count=gap.count),
        words.logs.wordings.format(count=wordings) if wordings > 1 else "",
        words.logs.latest.format(time=time_text(gap.at)),
    ]
    return escape(" · ".join(filter(None, facts)))
