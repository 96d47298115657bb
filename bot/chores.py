"""What runs beside the answers: refreshes of the index, the log's retention, and the heartbeat."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.documents.folder import DocumentsFolder
from bot.documents.trash import Trash
from bot.health import Heartbeat, write_heartbeat
from bot.log.export import remove_leftovers
from retrieval.documents import is_left_out
from retrieval.errors import EngineError, SnapshotError, WenjuError

if TYPE_CHECKING:
    from watchfiles import Change

    from bot.erasure import Erasure
    from bot.incoming.inbox import Inbox
    from bot.incoming.polling import Polling
    from bot.incoming.webhook import Webhook
    from bot.library import Library
    from bot.log.query_log import QueryLog
    from bot.settings import Settings

EXPIRE_EVERY = 6 * 3600.0  # seconds between two looks for what is too old in the log
BEAT_EVERY = 5.0  # seconds between heartbeats
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0  # seconds between two tries while the engine is away
TELL_EVERY = 30.0  # seconds between two lines about a build
LONGEST_BURST = 5000  # milliseconds of changes that are taken together
PAUSE = 500  # milliseconds without a change that end a burst
WATCH_AGAIN = 60.0  # seconds

logger = logging.getLogger(__name__)


async def refresh(library: Library) -> None:
    """Bring the index up to date as `refresh_once` does, trying again for as long as the engine is away."""
    pause = FIRST_PAUSE
    while True:
        try:
            return await refresh_once(library)
        except EngineError as error:
            logger.warning("索引未能更新，%.0f 秒后再试：%s", pause, error)
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


async def refresh_once(library: Library) -> None:
    """Bring the index up to date; without it the bot serves what it has, and admins can try again.

    Raise EngineError where the engine is away.
    """
    try:
        done = await library.refresh()
    except EngineError:
        raise
    except (WenjuError, OSError) as error:
        logger.error("索引未能更新：%s", error)  # noqa: TRY400 - the line says it all
        return
    logger.info("索引：文档 %d 篇，段落 %d 个，用时 %.1f 秒", done.documents, done.paragraphs, done.seconds)
    if done.replaced:
        logger.warning("原来索引的是 %s，其中的文件已不在索引里", done.replaced)
    for skipped in done.skipped:
        logger.warning("未能读取 %s：%s", skipped.path, skipped.reason)
    for path, remarks in done.remarks.items():
        logger.info("只读了一部分 %s：%s", path, "；".join(remarks))


async def refresh_every(library: Library, interval: timedelta) -> None:
    while True:
        await asyncio.sleep(interval.total_seconds())
        logger.info("到了定时更新索引的时间")
        await refresh(library)


async def watch(library: Library, documents: Path) -> None:
    """Refresh the index whenever files of the folder change; where it cannot be watched, try again later."""
    from watchfiles import awatch  # noqa: PLC0415 - a bot that does not watch needs no watcher

    folder = await asyncio.to_thread(documents.resolve)

    def matters(_: Change, path: str) -> bool:
        return not any(is_left_out(part) for part in Path(path).relative_to(folder).parts)

    while True:
        try:
            async for changes in awatch(folder, watch_filter=matters, debounce=LONGEST_BURST, step=PAUSE):
                logger.info("文件夹里有 %d 处变化，更新索引", len(changes))
                await refresh(library)
        except (OSError, RuntimeError) as error:  # the watcher's own errors are RuntimeErrors
            logger.warning("文件夹暂时看不住，%.0f 秒后再试：%s", WATCH_AGAIN, error)
        await asyncio.sleep(WATCH_AGAIN)


async def expire(erasure: Erasure, days: int | None) -> None:
    """Delete what is kept for too long, now and again every few hours: questions after `days`, if given."""
    while True:
        before = datetime.now(UTC) - timedelta(days=days) if days else None
        try:
            if count := await asyncio.to_thread(erasure.expire, before):
                logger.info("查询日志：删除了 %d 天前的 %d 条", days, count)
        except WenjuError as error:
            logger.warning("过期的记录没有全部删除，稍后再试：%s", error)
        await asyncio.sleep(EXPIRE_EVERY)


async def show_progress(library: Library) -> None:
    """Show the operator how far a build is, until cancelled: in place, or by a line now and then."""
    watched = sys.stderr.isatty()
    empty = "\r\033[K"
    shown = ""
    try:
        while True:
            await asyncio.sleep(0.2 if watched else TELL_EVERY)
            now = library.progress if library.rebuilding else None
            told = ""
            if now:
                doing = "正在写入检索集群" if now.filling else "正在建立索引"
                told = f"{doing}… {now.done}/{now.total}"
            if not watched and told:
                logger.info(told)
            elif watched and told != shown:
                sys.stderr.write(empty + told)
                shown = told
    finally:
        if watched:
            sys.stderr.write(empty)


async def sweep(settings: Settings) -> None:
    """Remove what a crash has left half done among the documents, in the trash, and of exports of the log."""
    documents = DocumentsFolder(settings.documents)
    try:
        await asyncio.to_thread(remove_leftovers, settings.data)
        await asyncio.to_thread(documents.sweep)
        await asyncio.to_thread(Trash(settings.trash, documents).sweep)
    except OSError as error:
        logger.warning("leftovers stay: %s", error)


async def watch_engine(library: Library) -> None:
    """See now and again whether questions can be answered; the heartbeat does not wait for that."""
    while True:
        await library.look_at_engine()
        await asyncio.sleep(BEAT_EVERY)


async def beat(
    settings: Settings, library: Library, log: QueryLog, inbox: Inbox, incoming: Polling | Webhook
) -> None:
    """Write the heartbeat for `wenju health`."""
    started = time.time()
    while True:
        try:
            snapshot = await library.snapshot()
        except SnapshotError:
            snapshot = None
        oldest = inbox.oldest
        beat = Heartbeat(
            pid=os.getpid(),
            started=started,
            at=time.time(),
            last_poll=incoming.last,
            snapshot=snapshot,
            problem=incoming.problem,
            log=log.trouble,
            inbox=inbox.trouble,
            index=library.trouble,
            engine=library.away,
            build=library.failure,
            depth=inbox.depth,
            oldest=oldest.timestamp() if oldest else None,
            updates="webhook" if settings.webhook_url else "polling",
        )
        try:
            await asyncio.to_thread(write_heartbeat, settings.heartbeat, beat)
        except OSError as error:
            logger.warning("heartbeat cannot be written: %s", error)
        await asyncio.sleep(BEAT_EVERY)
