"""What admins read: a rebuild's progress and report, and the log's listing, as HTML within the limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.markup import escape, lines, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.buttons import LogsPage
    from bot.log_entry import Entry
    from bot.messages import Words
    from retrieval.contents import Progress
    from retrieval.index import Report

SKIPPED = 10  # files named in a report
NAME_UNITS = 100
QUESTION_UNITS = 160


def rebuild_progress(progress: Progress | None, words: Words) -> str:
    if progress is None:
        return words.documents.reindex_started
    counted = words.documents.reindex_progress.format(done=progress.done, total=progress.total)
    return lines([counted, escape(shorten(progress.path or "", NAME_UNITS))])


def rebuild_report(report: Report, words: Words) -> str:
    """Say what was read and what was skipped and why, the first files by name."""
    done = words.documents.reindex_done.format(
        seconds=f"{report.seconds:.1f}",
        files=report.files,
        read=report.read,
        unchanged=report.unchanged,
        removed=report.removed,
        documents=report.documents,
        paragraphs=report.paragraphs,
        figures=report.figures,
    )
    if not report.skipped:
        return f"✅ {done}"
    more = len(report.skipped) - SKIPPED
    return lines(
        [
            f"✅ {done}",
            "",
            words.documents.reindex_skipped.format(count=len(report.skipped)),
            *(
                f"· {escape(shorten(one.path, NAME_UNITS))}：{escape(shorten(one.reason, NAME_UNITS))}"
                for one in report.skipped[:SKIPPED]
            ),
            words.documents.reindex_more.format(count=more) if more > 0 else "",
        ]
    )


def rebuild_failure(reason: str, words: Words) -> str:
    return f"⚠️ {words.documents.reindex_failed.format(reason=escape(shorten(reason, QUESTION_UNITS)))}"


def logs_listing(entries: Sequence[Entry], count: int, page: LogsPage, words: Words) -> str:
    """List entries, newest first, each in two lines: the question, and what became of it."""
    title = words.logs.title_unanswered if page.unanswered else words.logs.title
    head = f"<b>{title.format(count=count)}</b>"
    return "\n\n".join([head, *map(_entry_lines, entries)] if entries else [head, words.logs.empty])


def _entry_lines(entry: Entry) -> str:
    answer = entry.answer
    facts = [
        f"{entry.at.astimezone():%m-%d %H:%M}",
        escape(shorten(_outcome(entry), 40)) if answer.found else "",
        f"{answer.milliseconds:.0f} ms",
        f"👍{entry.ups}" if entry.ups else "",
        f"👎{entry.downs}" if entry.downs else "",
    ]
    asked = " → ".join(filter(None, (answer.question.text, answer.question.read_as)))
    question = escape(shorten(asked, QUESTION_UNITS))
    return f"{'✅' if answer.found else '❔'} {question}\n{' · '.join(fact for fact in facts if fact)}"


def _outcome(entry: Entry) -> str:
    """Return the best figure, or else the title of the best paragraph."""
    for figure in entry.answer.figures:
        return figure.text
    for hit in entry.answer.hits:
        return hit.paragraph.title
    return ""
