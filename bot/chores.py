"""What runs beside the answers: the refresh of the index and the heartbeat."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from typing import TYPE_CHECKING

from bot.health import Heartbeat, write_heartbeat
from retrieval.errors import SnapshotError, WenjuError

if TYPE_CHECKING:
    from bot.library import Library
    from bot.polling import Polling
    from bot.query_log import QueryLog
    from bot.settings import Settings

BEAT_EVERY = 5.0  # seconds between heartbeats

logger = logging.getLogger(__name__)


async def refresh(library: Library) -> None:
    """Bring the index up to date; without it the bot serves what it has, and admins can try again."""
    try:
        done = await library.rebuild()
    except (WenjuError, OSError) as error:
        logger.error("索引未能更新：%s", error)  # noqa: TRY400 - the line says it all
        return
    logger.info("索引：文档 %d 篇，段落 %d 个，用时 %.1f 秒", done.documents, done.paragraphs, done.seconds)
    for skipped in done.skipped:
        logger.warning("未能读取 %s：%s", skipped.path, skipped.reason)


async def show_progress(library: Library) -> None:
    """Show the operator how far the first build is, until cancelled."""
    if not sys.stderr.isatty():
        return
    try:
        while True:
            if now := library.progress:
                sys.stderr.write(f"\r正在建立索引… {now.done}/{now.total}")
            await asyncio.sleep(0.2)
    finally:
        sys.stderr.write("\r\033[K")  # leave an empty line


async def beat(settings: Settings, library: Library, log: QueryLog, polling: Polling) -> None:
    """Write the heartbeat for `wenju health`."""
    started = time.time()
    while True:
        try:
            snapshot = await library.snapshot()
        except SnapshotError:
            snapshot = None
        beat = Heartbeat(os.getpid(), started, polling.last, snapshot, polling.problem, log.trouble)
        try:
            await asyncio.to_thread(write_heartbeat, settings.heartbeat, beat)
        except OSError as error:
            logger.warning("heartbeat cannot be written: %s", error)
        await asyncio.sleep(BEAT_EVERY)
