"""Deletes from the query log what is older than the settings allow."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.log.database import QueryLogError

if TYPE_CHECKING:
    from bot.log.query_log import QueryLog

EXPIRE_EVERY = 6 * 3600.0  # seconds

logger = logging.getLogger(__name__)


async def expire(log: QueryLog, days: int) -> None:
    """Delete from the query log what is older than `days`, now and again every few hours."""
    while True:
        before = datetime.now(UTC) - timedelta(days=days)
        try:
            if count := await asyncio.to_thread(log.expire, before):
                logger.info("查询日志：删除了 %d 天前的 %d 条", days, count)
        except QueryLogError as error:
            logger.warning("查询日志里过期的记录暂时删不了：%s", error)
        await asyncio.sleep(EXPIRE_EVERY)
