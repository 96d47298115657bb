"""What the running bot tells Prometheus: counts, times and sizes, never what was asked or by whom.

It is loaded only where WENJU_METRICS_PORT is set. What others know anyhow is read from them when the page is
asked for; what happens in between is counted here. Names and units are those that Prometheus recommends.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    start_http_server,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from telegram.error import TelegramError, TimedOut

from bot.outgoing.connections import Connections
from bot.settings import SettingError
from retrieval.errors import SnapshotError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from prometheus_client import Metric

    from bot.incoming.inbox import Inbox
    from bot.incoming.polling import Polling
    from bot.incoming.webhook import Webhook
    from bot.library import Library
    from bot.log.query_log import QueryLog
    from bot.outgoing.sending import Sending
    from retrieval.index import Index

ANSWER_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)  # seconds
LAG_BUCKETS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)  # seconds
LAG_EVERY = 0.1  # seconds between two looks at how late the event loop is

logger = logging.getLogger(__name__)


class Metrics:
    """Safe to call from any thread."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=registry)
        self._received = Counter("wenju_updates", "Updates taken from Telegram.", ["kind"], registry=registry)
        self._handled = Histogram(
            "wenju_answer_seconds",
            "From the receipt of an update to its answer, by the kind of the update.",
            ["kind"],
            buckets=ANSWER_BUCKETS,
            registry=registry,
        )
        self._calls = Counter(
            "wenju_api_calls",
            "Calls of the Bot API by their HTTP status; timeout or network where there was none.",
            ["method", "outcome"],
            registry=registry,
        )
        self._lag = Histogram(
            "wenju_event_loop_lag_seconds",
            "How late the event loop runs what is due.",
            buckets=LAG_BUCKETS,
            registry=registry,
        )

    def received(self, kind: str) -> None:
        """Count an update; `kind` is a telegram.constants.UpdateType."""
        self._received.labels(kind).inc()

    def handled(self, kind: str, received: datetime) -> None:
        self._handled.labels(kind).observe(max(0.0, (datetime.now(UTC) - received).total_seconds()))

    def called(self, method: str, outcome: str) -> None:
        self._calls.labels(method, outcome).inc()

    def request(self) -> Connections:
        """Return the connections to the Bot API, whose calls are counted here."""
        return _CountedRequest(self)

    async def watch_lag(self) -> None:
        """Measure the event loop's lag, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LAG_EVERY
            await asyncio.sleep(LAG_EVERY)
            self._lag.observe(max(0.0, loop.time() - due))


class _CountedRequest(Connections):
    def __init__(self, metrics: Metrics) -> None:
        super().__init__()
        self._metrics = metrics

    async def do_request(self, url: str, *args: Any, **kwargs: Any) -> tuple[int, bytes]:  # noqa: ANN401 - passed on as they are
        method = "download" if "/file/bot" in url else url.partition("?")[0].rpartition("/")[2]
        try:
            status, payload = await super().do_request(url, *args, **kwargs)
        except TelegramError as error:
            self._metrics.called(method, "timeout" if isinstance(error, TimedOut) else "network")
            raise
        self._metrics.called(method, str(status))
        return status, payload


class BotCollector(Collector):
    """What the parts of the bot know of themselves, read when the page is asked for, in its own thread."""

    def __init__(  # noqa: PLR0913, PLR0917 - one argument a part
        self,
        inbox: Inbox,
        log: QueryLog,
        index: Index,
        library: Library,
        sending: Sending,
        incoming: Polling | Webhook,
    ) -> None:
        self._inbox = inbox
        self._log = log
        self._index = index
        self._library = library
        self._sending = sending
        self._incoming = incoming

    def collect(self) -> Iterator[Metric]:
        questions = CounterMetricFamily(
            "wenju_questions", "Questions by whether an answer was found.", labels=["found"]
        )
        for found in (True, False):
            questions.add_metric([str(found).lower()], self._log.questions[found])
        yield questions
        yield GaugeMetricFamily("wenju_log_unwritten", "Records that wait for the log.", self._log.unwritten)
        yield GaugeMetricFamily("wenju_inbox_depth", "Updates waiting or under way.", self._inbox.depth)
        oldest = self._inbox.oldest
        age = (datetime.now(UTC) - oldest).total_seconds() if oldest else 0.0
        yield GaugeMetricFamily("wenju_inbox_oldest_seconds", "How long the oldest of them has waited.", age)
        up = float(self._library.away is None)
        yield GaugeMetricFamily("wenju_engine_up", "Whether what searches the index can be asked.", up)
        retries = CounterMetricFamily(
            "wenju_api_retries", "Calls made again, by what the last try ended in.", labels=["reason"]
        )
        for reason, count in dict(self._sending.retries).items():
            retries.add_metric([reason], count)
        yield retries
        if self._incoming.last:
            what = "The last successful getUpdates, or the last update posted to the webhook."
            yield GaugeMetricFamily("wenju_last_received_timestamp_seconds", what, self._incoming.last)
        yield from self._snapshot()

    def _snapshot(self) -> Iterator[Metric]:
        with suppress(SnapshotError, OSError):  # there may be none yet
            snapshot = self._index.current()
            made = snapshot.folder.stat().st_mtime
            for name, what, value in (
                ("paragraphs", "Paragraphs of the index in use.", snapshot.paragraphs),
                ("documents", "Documents of the index in use.", snapshot.documents),
                ("timestamp_seconds", "When the index in use was made.", made),
            ):
                yield GaugeMetricFamily(f"wenju_snapshot_{name}", what, value)


@asynccontextmanager
async def serving(address: tuple[str, int], collector: BotCollector) -> AsyncIterator[Metrics]:
    """Serve the page at a host and port, from a thread of its own, for a block. Raise SettingError."""
    metrics, (host, port) = Metrics(), address
    metrics.registry.register(collector)
    try:
        server, thread = await asyncio.to_thread(start_http_server, port, host, metrics.registry)
    except OSError as error:
        reason = f"{host}:{port} 用不了（{error.strerror}），请换一个"
        raise SettingError("WENJU_METRICS_PORT", reason) from error
    lag = asyncio.create_task(metrics.watch_lag())
    try:
        logger.info("指标：http://%s:%d/metrics", f"[{host}]" if ":" in host else host, port)
        yield metrics
    finally:
        lag.cancel()
        await asyncio.to_thread(server.shutdown)
        server.server_close()
        await asyncio.to_thread(thread.join)
