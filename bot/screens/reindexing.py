"""What admins read of a rebuild: its progress and its report, as HTML within the limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.markup import escape, lines, shorten
from bot.screens.documents import named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.messages import Words
    from retrieval.index import Report
    from retrieval.progress import Progress

SKIPPED = 10  # files named in a report
REASON_UNITS = 160


def rebuild_progress(progress: Progress | None, words: Words) -> str:
    if progress is None:
        return words.documents.reindex_started
    said = words.documents.reindex_filling if progress.filling else words.documents.reindex_progress
    counted = said.format(done=progress.done, total=progress.total)
    return lines([counted, named(progress.path) if progress.path else ""])


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
    skipped = [(one.path, one.reason) for one in report.skipped]
    partly = [(path, remarks[0]) for path, remarks in report.remarks.items()]
    return lines(
        [
            f"✅ {done}",
            *_named_files(words.documents.reindex_skipped, skipped, words),
            *_named_files(words.documents.reindex_partly, partly, words),
        ]
    )


def _named_files(head: str, files: Sequence[tuple[str, str]], words: Words) -> list[str]:
    """Name the first of these files, each with what there is to say of it; nothing where there are none."""
    if not files:
        return []
    more = len(files) - SKIPPED
    return [
        "",
        head.format(count=len(files)),
        *(f"· {named(path)}：{escape(shorten(reason, REASON_UNITS))}" for path, reason in files[:SKIPPED]),
        words.documents.reindex_more.format(count=more) if more > 0 else "",
    ]


def rebuild_failure(reason: str, words: Words) -> str:
    return f"⚠️ {words.documents.reindex_failed.format(reason=escape(shorten(reason, REASON_UNITS)))}"
