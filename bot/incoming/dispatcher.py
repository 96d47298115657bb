"""From the inbox to the handlers: each update once, in fair turns, and done when it is answered and logged.

The updates of a person in a chat start in their order, a few at a time; nobody waits for another's.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, deque
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from telegram import Update
from telegram.constants import UpdateType

from bot.incoming import handling
from bot.incoming.handling import Handling
from bot.incoming.inbox import InboxError, Letter
from bot.lifecycle import log_failure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telegram._utils.types import JSONDict

    from bot.incoming.inbox import Inbox
    from bot.lifecycle import App
    from bot.log.query_log import QueryLog
    from bot.metrics import Metrics

AT_ONCE = 8  # updates of a person in a chat that are handled at a time
WAITING = 100  # more of them that wait; what comes on top is not taken, and that is said
REMEMBERED = 20_000  # updates that are not handled again
SOLO = 10.0  # seconds that others wait at most for one that is suspected
REPLAY_PAUSE = 2.0  # seconds between two tries to read what the last run has left
CRASHES = 3  # ends of the process in the midst of an update, after which it is given up

logger = logging.getLogger(__name__)

Sender = tuple[str, int, int]
"""The kind of the update, the chat's id and the person's; 0 for none."""


class FloodError(Exception):
    """Somebody has sent too much at once: what came last is not taken."""


class GivenUpError(Exception):
    """An update has ended the process too often."""


@dataclass(slots=True)
class _Lane:
    """What one sender has sent: `under_way` are being handled, the others wait."""

    under_way: int = 0
    waiting: deque[tuple[Update, Letter]] = field(default_factory=deque)
    is_full: bool = False


class Dispatcher:
    """Methods are for one event loop."""

    def __init__(self, application: App, inbox: Inbox, log: QueryLog, metrics: Metrics | None = None) -> None:
        self._application = application
        self._inbox = inbox
        self._log = log
        self._metrics = metrics
        self._lanes: dict[Sender, _Lane] = {}
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self._receipts: dict[int, asyncio.Event] = {}
        """Set when the update is received; for those that are being so."""
        self._handled: dict[int, asyncio.Event] = {}
        """Set when the update is handled; for those that are under way."""
        self._replaying: asyncio.Task[None] | None = None
        """While the inbox cannot be read."""
        self._beside_inbox: set[int] = set()
        """Updates that were handled meanwhile, of which the inbox may have some."""
        self._is_drained = False

    @property
    def has_room(self) -> bool:
        return self._inbox.has_room

    @property
    def under_way(self) -> int:
        """How many updates are being handled or wait for it."""
        return len(self._handled)

    async def replay(self) -> None:
        """Handle what the last run has left, in order; inline queries expect no answer any more.

        Where that cannot be read now, others are not kept waiting: it is handled once it can be.
        """
        try:
            await self._replay(await asyncio.to_thread(self._inbox.letters))
        except InboxError as error:
            logger.warning("收件箱里可能还有消息，稍后再读：%s", error)
            self._replaying = asyncio.create_task(self._replay_later())
            self._replaying.add_done_callback(log_failure)

    async def _replay_later(self) -> None:
        letters: list[Letter] | None = None
        while letters is None:
            await asyncio.sleep(REPLAY_PAUSE)
            with suppress(InboxError):
                letters = await asyncio.to_thread(self._inbox.letters)
        while self._receipts:  # of which the inbox may turn out to have some
            await next(iter(self._receipts.values())).wait()
        await self._replay(letters)
        for letter in letters:
            if letter.handling.update_id in self._beside_inbox:
                if handled := self._handled.get(letter.handling.update_id):
                    await handled.wait()
                self._log.after_written(letter.handling.done)

    async def _replay(self, letters: Sequence[Letter]) -> None:
        letters = [letter for letter in letters if self._see(letter.handling.update_id)]
        self._inbox.resume(letters)
        if letters:
            logger.info("收件箱里还有 %d 条消息，继续处理", len(letters))
        for letter in sorted(letters, key=lambda letter: not letter.crashes):
            if UpdateType.INLINE_QUERY in letter.payload:
                letter.handling.done()
            elif (handled := self._submit(letter)) and letter.crashes:
                # Alone, so that no other is suspected where it ends the process again.
                with suppress(TimeoutError):
                    await asyncio.wait_for(handled.wait(), SOLO)

    async def receive(self, updates: Sequence[JSONDict]) -> None:
        """Take updates, each a Bot API Update: Telegram may forget them when this returns.

        By then they are in the inbox or, where the disk refuses that, handled. Raise InboxError where neither
        can be.
        """
        under_way = [self._receipts.get(update["update_id"]) for update in updates]
        new = [update for update in updates if self._see(update["update_id"])]
        if new:
            await self._take(new)
        for receipt in filter(None, under_way):  # of updates that Telegram has sent again meanwhile
            await receipt.wait()

    async def _take(self, new: Sequence[JSONDict]) -> None:
        receipt = asyncio.Event()
        self._receipts |= {update["update_id"]: receipt for update in new}
        try:
            letters = await self._inbox.accept(new)
            for letter in letters:
                self._submit(letter)
            taken = {letter.handling.update_id for letter in letters}
            # The inbox has the others already: perhaps to be replayed, once it can be read.
            self._forget([update for update in new if update["update_id"] not in taken])
        except InboxError:
            await self._handle_at_once(new)
        except BaseException:
            self._forget(new)
            raise
        finally:
            for update in new:
                del self._receipts[update["update_id"]]
            receipt.set()

    async def _handle_at_once(self, updates: Sequence[JSONDict]) -> None:
        """Handle what is not in the inbox. Raise InboxError where a stop prevents it."""
        now = datetime.now(UTC)
        letters = [Letter(update, Handling(update["update_id"], now, None)) for update in updates]
        if self._replaying and not self._replaying.done():
            self._beside_inbox |= {update["update_id"] for update in updates}
        for handled in [self._submit(letter) for letter in letters]:
            if handled:
                await handled.wait()
        if self._is_drained:
            self._forget(updates)
            raise InboxError("程序正在停止")

    def _forget(self, updates: Sequence[JSONDict]) -> None:
        """Take updates for unseen: Telegram has to send them again."""
        for update in updates:
            self._seen.pop(update["update_id"], None)

    async def drain(self, seconds: float) -> int:
        """Let what has arrived be handled, for so long; cancel the rest, which stays in the inbox.

        Return how many updates that are.
        """
        if self._replaying:
            self._replaying.cancel()
            await asyncio.gather(self._replaying, return_exceptions=True)
        deadline = asyncio.get_running_loop().time() + seconds
        while self._tasks and (left := deadline - asyncio.get_running_loop().time()) > 0:
            await asyncio.wait(self._tasks, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        self._is_drained = True
        left_over = len(self._handled)
        for lane in self._lanes.values():
            lane.waiting.clear()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for handled in self._handled.values():  # or rather given up
            handled.set()
        return left_over

    def _see(self, update_id: int) -> bool:
        """Remember an update; False where it was seen before."""
        if update_id in self._seen:
            return False
        self._seen[update_id] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return True

    def _submit(self, letter: Letter) -> asyncio.Event | None:
        """Have an update handled in its sender's turn; None where it is none, one too many or too late."""
        if self._is_drained:
            return None
        try:
            update = Update.de_json(letter.payload, self._application.bot)
        except Exception:  # the library raises all sorts, and one update must not hold up the others
            kinds = ", ".join(letter.payload.keys() - {"update_id"})
            logger.exception("an update cannot be read and is left out: %s", kinds)
            letter.handling.done()
            return None
        sender = _sender(update)
        if self._metrics:
            self._metrics.received(sender[0])
        lane = self._lanes.setdefault(sender, _Lane())
        if len(lane.waiting) >= WAITING and not letter.handling.repeated:
            letter.handling.done()
            self._tell_of_flood(update, lane)
            return None
        lane.waiting.append((update, letter))
        handled = self._handled[update.update_id] = asyncio.Event()
        self._start(sender, lane)
        return handled

    def _start(self, sender: Sender, lane: _Lane) -> None:
        while lane.waiting and lane.under_way < AT_ONCE:
            lane.under_way += 1
            task = asyncio.create_task(self._handle(*lane.waiting.popleft()))
            self._tasks.add(task)
            task.add_done_callback(partial(self._ended, sender, lane))
        if not lane.under_way:
            self._lanes.pop(sender, None)

    def _ended(self, sender: Sender, lane: _Lane, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("an update is left in the inbox", exc_info=error)
        lane.under_way -= 1
        lane.is_full = lane.is_full and len(lane.waiting) >= WAITING // 2
        self._start(sender, lane)

    async def _handle(self, update: Update, letter: Letter) -> None:
        try:
            with handling.during(letter.handling):
                if letter.crashes >= CRASHES:
                    await self._fail(update, GivenUpError())
                else:
                    await self._application.process_update(update)
            if self._metrics:
                self._metrics.handled(_sender(update)[0], letter.handling.received)
            # Not before its questions are on the disk: a crash would lose them for the log.
            self._log.after_written(letter.handling.done)
        finally:
            self._handled.pop(update.update_id).set()

    def _tell_of_flood(self, update: Update, lane: _Lane) -> None:
        """Say that an update is not taken, once until there is room again."""
        if not lane.is_full:
            lane.is_full = True
            logger.warning("somebody sends too much at once: what comes on top is not taken")
            task = asyncio.create_task(self._fail(update, FloodError()))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _fail(self, update: Update, error: Exception) -> None:
        await self._application.process_error(update, error)


def _sender(update: Update) -> Sender:
    chat, user = update.effective_chat, update.effective_user
    kind = next((kind for kind in UpdateType if getattr(update, kind, None) is not None), "")
    return kind, chat.id if chat else 0, user.id if user else 0
