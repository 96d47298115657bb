"""Work on what strangers wrote, in processes of their own: none of it can stop, swell or reach beyond them.

A worker's libraries may neither use the network nor start programs, and change files only where they are
told to; the bot's settings are not in its environment. Machine code that a library was tricked into running
is beyond this guard. A worker is killed when it takes too long, and has limits of memory and output; the
next request gets a fresh one. What it sends back is JSON, which can do nothing. The work is a picklable
callable and no concern of this module.
"""

from __future__ import annotations

import gc
import json
import math
import multiprocessing
import os
import resource
import signal
import sys
import threading
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import forkserver, resource_tracker
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol, Self, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from pathlib import Path
    from types import TracebackType

    Json = dict[str, Any]
    Handler = Callable[[str], Iterable[Json]]


class Work(Protocol):
    """What a worker does: called once in its process, it returns what handles each request, in pieces.

    `alive` is to be called now and again by what takes long and yet goes on.
    """

    def __call__(self, alive: Callable[[], None], /) -> Handler: ...


class WorkerError(Exception):
    """A request was not handled; the message is the reason in one clause of Chinese."""


class LimitError(WorkerError):
    """A request took too long, too much memory or output, or brought its worker down."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a request may take; `memory` and `output` are in bytes.

    `silence` is how long it may go on without a sign of life, and `longest` in all: in whole seconds of
    processor time, so that a busy machine fails no file. By the clock it may be `patience` times as long.
    """

    silence: int = 60
    longest: int = 1800
    patience: float = 10.0
    memory: int = 1536 * 1024 * 1024
    output: int = 1024 * 1024 * 1024


_ALIVE, _READY, _PIECE = b"", b"ready", b"+"
_STARTING = 120.0  # seconds
_TOO_LONG = "读取超时"
_EVERY = 0.2  # seconds between two signs of life
_STOPPED = "读取中途停止"
_CRASHED = "读取程序崩溃（文件异常或内存不足）"
_OURS = "WENJU_"
_HIDING = threading.Lock()
_ENDING = 1.0  # seconds for a process that is ending
_NICENESS = 10  # questions go first
_RECYCLED = 0.5  # share of the memory limit from which a worker is replaced after its request
_COLLECTED = 20_000  # objects after which a worker looks for garbage
_AHEAD = 3  # requests under way for each worker, results that wait for their turn included
_LARGEST_FILE = 64 * 1024 * 1024
_FORBIDDEN = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.kill",
)  # fmt: skip
_CHANGING = {  # events, and how many of their first arguments are paths
    "os.chmod": 1, "os.chown": 1, "os.link": 2, "os.mkdir": 1, "os.remove": 1, "os.rename": 2, "os.rmdir": 1,
    "os.symlink": 2, "os.truncate": 1, "os.utime": 1, "sqlite3.connect": 1,
}  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def load_ahead(work: str) -> None:
    """Have what starts workers load the module of their work, beside whatever is done before the first one.

    Ctrl-C, which a terminal sends to all processes, is then for this one: the others end with it.
    """
    forkserver.set_forkserver_preload([work])
    resource_tracker.ensure_running()  # else it is started by the next, and lets signals through
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Workers:
    """A few workers for the same work, started when they are needed. Safe for many threads."""

    def __init__(
        self, work: Work, count: int, *, writable: Iterable[Path] = (), limits: Limits | None = None
    ) -> None:
        """`writable` are the folders that the work may write into."""
        self._limits = limits or Limits()
        self._start = (work, tuple(map(str, writable)), self._limits)
        self._count = count
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="worker")
        self._idle: deque[_Worker] = deque()
        self._all: list[_Worker] = []
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def map(self, requests: Iterable[str]) -> Iterator[Future[list[Json]]]:
        """Yield the results in the order of the requests; each is a reply or a WorkerError."""
        waiting: deque[Future[list[Json]]] = deque()
        for request in requests:
            waiting.append(self._threads.submit(self.request, request))
            if len(waiting) >= self._count * _AHEAD:
                yield waiting.popleft()
        yield from waiting

    def request(self, request: str) -> list[Json]:
        """Have a request handled, in the thread that asks, and return the reply. Raise WorkerError."""
        try:
            worker = self._idle.popleft()
        except IndexError:
            worker = _Worker(*self._start)
            self._all.append(worker)
            if self._closed:
                worker.kill()
        try:
            return worker.request(request, self._limits)
        finally:
            self._idle.append(worker)

    def close(self) -> None:
        """End the workers at once, whatever they are doing."""
        self._closed = True
        for worker in list(self._all):
            worker.kill()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for worker in self._all:
            worker.kill()


class _Worker:
    """One process after another, a request at a time."""

    def __init__(self, *start: object) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([type(start[0]).__module__])  # for the first worker of all
        self._arguments = start
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None
        self._starting = threading.Lock()
        self._killed = False

    def request(self, request: str, limits: Limits) -> list[Json]:
        """Raise WorkerError."""
        if self._connection is None:
            self._begin()
        assert self._connection is not None
        try:
            self._connection.send_bytes(request.encode(errors="surrogatepass"))
            pieces, end = _reply(self._connection, limits)
        except WorkerError:
            self._end()
            raise
        except (OSError, EOFError, ValueError) as error:
            code = self._end()
            if self._killed:
                raise WorkerError(_STOPPED) from error
            if code == -signal.SIGKILL:  # the machine is out of memory, for whatever reason
                raise WorkerError("系统内存不足，读取中止") from error
            raise LimitError(_TOO_LONG if code == -signal.SIGXCPU else _CRASHED) from error
        if end.get("last"):
            self._end()
        if (reason := end.get("error")) is not None:
            raise LimitError(reason) if end.get("limit") else WorkerError(reason)
        return pieces

    def kill(self) -> None:
        """End the process for good, from any thread."""
        with self._starting:
            self._killed = True
            if self._process is not None:
                self._process.kill()

    def _begin(self) -> None:
        with self._starting:
            if self._killed:
                raise WorkerError(_STOPPED)
            ours, theirs = self._context.Pipe()
            process = self._context.Process(target=_serve, args=(theirs, *self._arguments), daemon=True)
            with _without_main_module():
                process.start()
            theirs.close()
            self._process, self._connection = process, ours
        try:
            ready = ours.poll(_STARTING) and ours.recv_bytes() == _READY
        except (OSError, EOFError):
            ready = False
        if not ready:
            self._end()
            raise WorkerError(_STOPPED if self._killed else "读取程序无法启动")

    def _end(self) -> int | None:
        """End the process, if it has not ended itself, and return its exit code."""
        assert self._process is not None
        assert self._connection is not None
        self._connection.close()
        self._connection = None
        self._process.join(_ENDING)
        self._process.kill()
        self._process.join()
        return self._process.exitcode


@contextmanager
def _without_main_module() -> Iterator[None]:
    """Hide the program that is running: a worker would load it, and run it where it has no guard."""
    with _HIDING:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


def _reply(connection: Connection, limits: Limits) -> tuple[list[Json], Json]:
    """Return the pieces of a reply and how it ended. Raise LimitError where it is too late or too much."""
    end = time.monotonic() + limits.longest * limits.patience
    pieces: list[Json] = []
    room = limits.output
    while True:
        wait = min(limits.silence * limits.patience, end - time.monotonic())
        if wait <= 0 or not connection.poll(wait):
            raise LimitError(_TOO_LONG)
        try:
            message = connection.recv_bytes(room + len(_PIECE))
        except ConnectionError:
            raise  # the worker is gone
        except OSError as error:
            raise LimitError("内容过多") from error
        if message.startswith(_PIECE):
            room -= len(message)
            pieces.append(json.loads(message.removeprefix(_PIECE)))
            if room < 0:
                raise LimitError("内容过多")
        elif message != _ALIVE:
            return pieces, cast("Json", json.loads(message))


def _serve(connection: Connection, work: Work, writable: tuple[str, ...], limits: Limits) -> None:
    """The worker's process: handle requests until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it decides when it ends
    os.nice(_NICENESS)
    _confine(writable, limits)

    said, end = 0.0, 0.0

    def alive() -> None:
        nonlocal said
        if time.monotonic() - said > _EVERY:
            said = time.monotonic()
            _allow(min(time.process_time() + limits.silence, end))
            connection.send_bytes(_ALIVE)

    handle = work(alive)
    gc.freeze()  # what is loaded stays, and
    gc.set_threshold(_COLLECTED)  # most of what is made goes without being looked for
    try:
        connection.send_bytes(_READY)
    except OSError:
        return  # nobody is there any more
    while True:
        try:
            request = connection.recv_bytes().decode(errors="surrogatepass")
        except EOFError:
            return
        end = time.process_time() + limits.longest
        _allow(time.process_time() + limits.silence)
        try:
            reply = _handled(handle, request, connection)
            if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 > limits.memory * _RECYCLED:
                reply["last"] = True
            connection.send_bytes(_encoded(reply))
        except OSError:
            return  # too much of it, or nobody is there any more


def _handled(handle: Handler, request: str, connection: Connection) -> Json:
    """Handle a request, send the reply, and return how it ended. Raise OSError where nobody listens."""
    try:
        for piece in handle(request):
            connection.send_bytes(_PIECE + _encoded(piece))
    except WorkerError as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": "内存不足", "limit": True, "last": True}
    except RecursionError:
        return {"error": "嵌套过深"}
    except ConnectionError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a library raises on an odd file, the next one is read
        return {"error": f"读取出错（{type(error).__name__}）"}
    return {}


def _encoded(reply: Json) -> bytes:
    return json.dumps(reply, ensure_ascii=False).encode(errors="surrogatepass")


def _confine(writable: tuple[str, ...], limits: Limits) -> None:
    """Give up what reading a file needs not. It cannot be taken back."""
    for name in [name for name in os.environ if name.startswith(_OURS)]:
        del os.environ[name]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_DATA, (limits.memory, limits.memory))
    folders = tuple(os.path.realpath(folder) + os.sep for folder in writable)

    def guard(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(_FORBIDDEN):
            raise PermissionError(f"{event} is not for a worker")
        paths = arguments[: _CHANGING.get(event, 0)]
        if event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING:
            paths = arguments[:1]
        for path in map(os.fsdecode, (given for given in paths if isinstance(given, str | bytes))):
            if path != os.devnull and not (os.path.realpath(path) + os.sep).startswith(folders):
                raise PermissionError(f"{path} is not for a worker to change")

    sys.addaudithook(guard)


def _allow(seconds: float) -> None:
    """Let the process end by itself once it has taken so much processor time in all."""
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(seconds), resource.RLIM_INFINITY))
