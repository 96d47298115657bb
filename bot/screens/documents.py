"""What admins read of files: what came in and went out, the list, one file, the trash; HTML within limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.file_names import suffix_of
from bot.markup import escape, lines, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.documents.catalogue import CatalogueEntry, CataloguePage
    from bot.documents.documents import Indexed
    from bot.documents.trash import Trashed
    from bot.keyboards.documents import Listing, TrashPage
    from bot.messages import Words
    from retrieval.snapshot import FileSummary

NAME_UNITS = 60
REASON_UNITS = 200
TITLES = 5  # of a file's articles, named in a report
REMARKS = 3  # on what was left out of a file


def receiving(name: str, words: Words) -> str:
    return escape(words.documents.receiving).format(name=named(name))


def added(file: Indexed, sent_as: str, words: Words) -> str:
    """Say what was understood of a new file."""
    if file.summary is None:
        return lines([_later(words.documents.not_indexed, file.stale), named(file.path)])
    renamed = escape(words.documents.stored_as).format(name=named(file.path))
    return lines(
        [
            f"✅ {words.documents.added}",
            named(sent_as),
            renamed if file.path != sent_as else "",
            *_understood(file.summary, words),
        ]
    )


def known(path: str, words: Words) -> str:
    return lines([f"ℹ️ {words.documents.known}", named(path)])


def not_added(name: str, reason: str, words: Words) -> str:
    said = words.documents.not_added.format(reason=shorten(reason, REASON_UNITS))
    return lines([f"⚠️ {escape(said)}", named(name)])


def too_large(limit: int, words: Words) -> str:
    return words.documents.too_large.format(limit=size_text(limit))


def too_large_to_send(limit: int, words: Words) -> str:
    return words.documents.too_large_to_send.format(limit=size_text(limit))


def unreadable_type(words: Words) -> str:
    return escape(words.documents.unreadable_type)


def moved(path: str, stale: str, words: Words) -> str:
    """Say that a file was removed, and where the index is `stale`, why."""
    said = _later(words.documents.moved_only, stale) if stale else f"🗑 {words.documents.moved}"
    return lines([said, named(path)])


def restored(file: Indexed, words: Words) -> str:
    if file.summary is None:
        reason = file.stale or file.reason
        return lines([_later(words.documents.restored_only, reason), named(file.path)])
    return lines([f"✅ {words.documents.restored}", named(file.path), *_understood(file.summary, words)])


def trouble(said: str) -> str:
    return f"⚠️ {escape(said)}"


def files_listing(page: CataloguePage, listing: Listing, words: Words) -> str:
    """List files, each in two lines: its name, and its size, its last change and what the index has of it."""
    texts = words.documents
    if listing.word:
        head, empty = texts.title_found.format(word=listing.word, count=page.count), texts.none_found
    else:
        head, empty = texts.title.format(count=page.count), texts.empty
    entries = [_line(entry, number, words) for number, entry in enumerate(page.entries, listing.offset + 1)]
    return "\n\n".join([f"<b>{escape(head)}</b>", *(entries or [escape(empty)])])


def file_page(entry: CatalogueEntry, words: Words) -> str:
    """Show one file: what the index has of it, or why it does not have it."""
    texts = words.documents
    facts = texts.modified.format(size=size_text(entry.size), time=_time(entry.modified))
    missing = f"⚠️ {texts.not_read}" + (f"：{entry.reason}" if entry.reason else "")
    return lines(
        [
            named(entry.path),
            escape(facts),
            "",
            *(_understood(entry.summary, words) if entry.summary else [escape(missing)]),
            f"⚠️ {escape(texts.outdated)}" if entry.outdated else "",
        ]
    )


def confirm_move(path: str, words: Words) -> str:
    return lines([named(path), escape(words.documents.confirm_move)])


def trash_listing(entries: Sequence[Trashed], page: TrashPage, words: Words) -> str:
    """List what can be restored, each in two lines."""
    if not entries:
        return escape(words.documents.trash_empty)
    shown = [
        f"{number}. {named(entry.path)}\n"
        + words.documents.trashed_at.format(size=size_text(entry.size), time=_time(entry.removed))
        for number, entry in enumerate(page.of(entries), page.offset + 1)
    ]
    head = words.documents.trash_title.format(count=len(entries))
    return "\n\n".join([f"<b>{escape(head)}</b>", *shown])


def named(path: str) -> str:
    """Show a path, shortened before its suffix, as code: `a.md` would else become a link to a site."""
    suffix = suffix_of(path)
    return f"<code>{escape(shorten(path.removesuffix(suffix), NAME_UNITS))}{suffix}</code>"


def size_text(size: int) -> str:
    """Return a number of bytes for people, such as `4.2 KB`."""
    for unit, scale in (("MB", 1_000_000), ("KB", 1000)):
        if size >= scale:
            return f"{size / scale:.1f}".removesuffix(".0") + f" {unit}"
    return f"{size} B"


def _line(entry: CatalogueEntry, number: int, words: Words) -> str:
    texts, summary = words.documents, entry.summary
    facts = [
        size_text(entry.size),
        f"{entry.modified.astimezone():%Y-%m-%d}",
        texts.articles.format(count=summary.articles) if summary else f"⚠️ {texts.not_read}",
    ]
    return f"{number}. {named(entry.path)}\n{escape(' · '.join(facts))}"


def _understood(summary: FileSummary, words: Words) -> list[str]:
    counts = words.documents.understood.format(
        articles=summary.articles, paragraphs=summary.paragraphs, figures=summary.figures
    )
    if summary.pictures:
        counts += words.documents.understood_pictures.format(pictures=summary.pictures)
    more, more_remarks = summary.articles - TITLES, len(summary.remarks) - REMARKS
    return [
        escape(counts),
        *(f"· {escape(shorten(title, NAME_UNITS))}" for title in summary.titles[:TITLES]),
        escape(words.documents.more_titles.format(count=more)) if more > 0 else "",
        *(f"⚠️ {escape(shorten(remark, REASON_UNITS))}" for remark in summary.remarks[:REMARKS]),
        escape(words.documents.remarks_more.format(count=more_remarks)) if more_remarks > 0 else "",
    ]


def _later(said: str, reason: str) -> str:
    """Say what was done, and why the index does not show it yet."""
    return f"⚠️ {escape(said.format(reason=shorten(reason, REASON_UNITS)))}"


def _time(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"
