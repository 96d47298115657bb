"""Workers: what they may not do, and what happens to those that hang, swell, crash or say too much."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from retrieval.isolation import LimitError, Limits, WorkerError, Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from retrieval.isolation import Handler, Json

LIMITS = Limits(silence=1, longest=3, patience=60.0, memory=400 * 1024 * 1024, output=1_000_000)


def sleep_quietly(_: Callable[[], None]) -> None:
    time.sleep(60)


def sleep_with_signs_of_life(alive: Callable[[], None]) -> None:
    while True:
        alive()
        time.sleep(0.1)


def spin(seconds: float) -> None:
    """Use the processor for a while, by its own time."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def spin_quietly(_: Callable[[], None]) -> None:
    spin(60)


def spin_with_signs_of_life(alive: Callable[[], None]) -> None:
    while True:
        alive()
        spin(0.1)


def work_long(alive: Callable[[], None]) -> None:
    for _ in range(22):
        alive()
        spin(0.1)


def swell(_: Callable[[], None]) -> None:
    filled = []
    while True:
        filled.append(bytearray(10_000_000))


def crash(_: Callable[[], None]) -> None:
    os.abort()


def recurse(alive: Callable[[], None]) -> None:
    recurse(alive)


def fail(_: Callable[[], None]) -> None:
    raise LookupError("odd file")


def refuse(_: Callable[[], None]) -> None:
    raise WorkerError("文件有密码")


def connect(_: Callable[[], None]) -> None:
    socket.create_connection(("127.0.0.1", 9), timeout=1)


def look_up(_: Callable[[], None]) -> None:
    socket.getaddrinfo("localhost", 80)


def start_program(_: Callable[[], None]) -> None:
    subprocess.run(["true"], check=True)


def call_shell(_: Callable[[], None]) -> None:
    os.system("true")


def write_elsewhere(_: Callable[[], None]) -> None:
    Path("elsewhere.txt").write_text("x", encoding="utf-8")


def replace_elsewhere(_: Callable[[], None]) -> None:
    os.open("elsewhere.txt", os.O_CREAT | os.O_WRONLY)


def remove_elsewhere(_: Callable[[], None]) -> None:
    Path("elsewhere.txt").unlink()


def rename_out(_: Callable[[], None]) -> None:
    Path("writable").rename("elsewhere")


def link_elsewhere(_: Callable[[], None]) -> None:
    Path("elsewhere.txt").symlink_to("target")


def truncate_elsewhere(_: Callable[[], None]) -> None:
    os.truncate("elsewhere.txt", 0)


def signal_others(_: Callable[[], None]) -> None:
    os.kill(os.getppid(), 0)


DEEDS = {deed.__name__: deed for deed in (
    sleep_quietly, sleep_with_signs_of_life, spin_quietly, spin_with_signs_of_life, work_long, swell, crash,
    recurse, fail, refuse, connect, look_up, start_program, call_shell, write_elsewhere, replace_elsewhere,
    remove_elsewhere, rename_out, link_elsewhere, truncate_elsewhere, signal_others,
)}  # fmt: skip


@dataclass(frozen=True)
class Deeds:
    """The work: a request names a deed; `pid` asks who does it, `write PATH` writes, `say N` says it."""

    def __call__(self, alive: Callable[[], None]) -> Handler:
        def handle(request: str) -> list[Json]:
            deed, _, argument = request.partition(" ")
            if deed == "write":
                Path(argument).write_text("written", encoding="utf-8")
            elif deed == "say":
                return [{"said": "x" * 100}] * int(argument)
            elif deed == "shout":
                return [{"said": "x" * int(argument)}]
            elif deed == "environment":
                return [{"names": [name for name in os.environ if name.startswith("WENJU_")]}]
            elif deed != "pid":
                DEEDS[deed](alive)
            return [{"pid": os.getpid()}]

        return handle


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    with Workers(Deeds(), 1, writable=[tmp_path / "writable"], limits=LIMITS) as started:
        yield started


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("spin_quietly", "读取超时"),
        ("spin_with_signs_of_life", "读取超时"),
        ("swell", "内存不足"),
        ("crash", "读取程序崩溃"),
        ("say 20000", "内容过多"),
        ("shout 2000000", "内容过多"),
    ],
)
def test_who_exceeds_a_limit_is_replaced(workers: Workers, deed: str, reason: str) -> None:
    """A request that takes too long, too much, or the worker with it fails alone: the next one is handled."""
    first = workers.request("pid")[0]["pid"]
    with pytest.raises(LimitError, match=reason):
        workers.request(deed)
    assert workers.request("pid")[0]["pid"] != first


@pytest.mark.parametrize("deed", ["sleep_quietly", "sleep_with_signs_of_life"])
def test_who_only_waits_is_replaced_too(deed: str) -> None:
    """Work that takes no processor time ends by the clock, whether it says that it is alive or not."""
    with (
        Workers(Deeds(), 1, limits=replace(LIMITS, patience=1.5)) as workers,
        pytest.raises(LimitError, match="读取超时"),
    ):
        workers.request(deed)


@pytest.mark.parametrize(
    ("deed", "reason"),
    [("fail", "读取出错（LookupError）"), ("recurse", "嵌套过深"), ("refuse", "文件有密码")],
)
def test_an_error_costs_no_worker(workers: Workers, deed: str, reason: str) -> None:
    """What a library raises becomes a reason, and the worker goes on."""
    first = workers.request("pid")[0]["pid"]
    with pytest.raises(WorkerError, match=reason) as failed:
        workers.request(deed)
    assert not isinstance(failed.value, LimitError)
    assert workers.request("pid")[0]["pid"] == first


@pytest.mark.parametrize(
    "deed",
    [
        "connect",
        "look_up",
        "start_program",
        "call_shell",
        "write_elsewhere",
        "replace_elsewhere",
        "remove_elsewhere",
        "rename_out",
        "link_elsewhere",
        "truncate_elsewhere",
        "signal_others",
    ],
)
def test_a_worker_reaches_nothing(workers: Workers, deed: str) -> None:
    """Network, programs, processes and files elsewhere are out of a worker's reach."""
    with pytest.raises(WorkerError, match="PermissionError"):
        workers.request(deed)


def test_a_worker_writes_where_it_may(workers: Workers, tmp_path: Path) -> None:
    """The folders named at the start may be written to, and no name that only begins like them."""
    (tmp_path / "writable").mkdir()
    (tmp_path / "writable2").mkdir()
    workers.request(f"write {tmp_path / 'writable' / 'a.txt'}")
    assert (tmp_path / "writable" / "a.txt").read_text(encoding="utf-8") == "written"
    for path in (tmp_path / "writable2" / "a.txt", tmp_path / "writable" / ".." / "a.txt"):
        with pytest.raises(WorkerError, match="PermissionError"):
            workers.request(f"write {path}")


@dataclass(frozen=True)
class CannotBegin:
    """Work that ends its process, or fails, before it handles anything."""

    abruptly: bool

    def __call__(self, _: Callable[[], None]) -> Handler:
        if self.abruptly:
            os.abort()
        raise LookupError


@pytest.mark.parametrize("abruptly", [True, False])
def test_a_worker_that_cannot_begin_is_no_fault_of_the_request(*, abruptly: bool) -> None:
    """Its requests may be made again: they fail, but not as ones that exceed a limit."""
    with (
        Workers(CannotBegin(abruptly), 1, limits=LIMITS) as workers,
        pytest.raises(WorkerError, match="无法启动") as failed,
    ):
        workers.request("pid")
    assert not isinstance(failed.value, LimitError)


def test_the_program_is_not_run_again() -> None:
    """A worker leaves the program alone that started it, though that has no guard, or is no file at all."""
    program = (
        "from tests.retrieval.test_isolation import Deeds\n"
        "from retrieval.isolation import Workers\n"
        "with Workers(Deeds(), 2) as workers: print(len(list(workers.map(['pid'] * 4))))\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-"], input=program, cwd=root, capture_output=True, text=True, check=True
    )
    assert (done.stdout.strip(), done.stderr) == ("4", "")


def test_no_secret_is_in_reach() -> None:
    """The bot's settings, its token among them, are not in a worker's environment."""
    program = (
        "from tests.retrieval.test_isolation import Deeds\n"
        "from retrieval.isolation import Workers\n"
        "with Workers(Deeds(), 1) as workers: print(workers.request('environment')[0]['names'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "WENJU_TOKEN": "1:secret"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_signs_of_life_give_time(workers: Workers) -> None:
    """Work that takes longer than the silence allowed goes on as long as it says so."""
    assert workers.request("work_long")[0]["pid"] == workers.request("pid")[0]["pid"]


def test_results_come_in_order() -> None:
    """Many requests over several workers are answered in their order, failed ones among them."""
    requests = [f"say {number}" if number % 7 else "fail" for number in range(50)]
    with Workers(Deeds(), 3, limits=LIMITS) as workers:
        found = []
        for result in workers.map(requests):
            try:
                found.append(len(result.result()))
            except WorkerError:
                found.append(0)
    assert found == [number if number % 7 else 0 for number in range(50)]


def test_closing_does_not_wait() -> None:
    """To close ends what is under way at once."""
    started = time.monotonic()
    with Workers(Deeds(), 2, limits=Limits()) as workers:
        results = workers.map(["sleep_quietly"] * 6)
        first = next(results)
    assert first.exception() is not None or first.cancelled()
    assert time.monotonic() - started < 30


def test_no_worker_outlives_the_program() -> None:
    """When the program is killed, its workers end too."""
    program = (
        "from tests.retrieval.test_isolation import Deeds\n"
        "from retrieval.isolation import Workers\n"
        "workers = Workers(Deeds(), 1)\n"
        "print(workers.request('pid')[0]['pid'], flush=True)\n"
        "import time; time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as running:
        assert running.stdout is not None
        pid = int(running.stdout.readline())
        os.kill(pid, 0)
        running.kill()
        running.wait()
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail("the worker is still there")
