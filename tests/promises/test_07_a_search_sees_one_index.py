"""A search sees the old index or the new one, never a mix, whatever becomes of the process or of the disk."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.builder import Builder, BuildStoppedError
from bot.health import check
from retrieval.errors import EngineError, FormatError, SnapshotError, WenjuError
from retrieval.index import Index
from retrieval.model import Question
from retrieval.opensearch.engine import OpenSearchEngine
from retrieval.progress import Progress
from retrieval.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

READERS = 4

CRASHING = """
import os, signal, sys
from pathlib import Path
from retrieval.index import Index
from retrieval import contents  # loaded once, for all that are forked

snapshots, documents = Path(sys.argv[1]), Path(sys.argv[2])
CHANGES = ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree")

def crash_at(step):
    left = [step]
    def count(event, arguments):
        flags = arguments[2] if event == "open" else 0
        if event in CHANGES or (flags or 0) & (os.O_WRONLY | os.O_CREAT):
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(count)

for line in sys.stdin:
    if (child := os.fork()) == 0:
        crash_at(int(line))
        Index(snapshots).build(documents)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Builds the index once a line, and kills itself before as many changes on the disk as the line says."""


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    (tmp_path / "documents").mkdir()
    write_edition(tmp_path / "documents", 1)
    return tmp_path / "documents"


@pytest.fixture
def snapshots(tmp_path: Path) -> Path:
    return tmp_path / "snapshots"


@dataclass(frozen=True, slots=True)
class Editions:
    """The index of the first edition and, as the newest, of the second one, with what the latter is from."""

    documents: Path
    snapshots: Path
    newest: str
    before: str


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Editions:
    folder = tmp_path_factory.mktemp("editions")
    documents, snapshots, names = folder / "documents", folder / "snapshots", []
    documents.mkdir()
    for edition in (1, 2):
        write_edition(documents, edition)
        names.append(Index(snapshots).build(documents).snapshot)
    return Editions(documents, snapshots, newest=names[1], before=names[0])


@pytest.fixture
def editions(built: Editions, snapshots: Path) -> Editions:
    """Have a copy of the index, and the same documents."""
    shutil.copytree(built.snapshots, snapshots)
    return replace(built, snapshots=snapshots)


def write_edition(documents: Path, edition: int) -> None:
    """Write two articles that name their edition."""
    for name in ("茶园", "稻田"):
        text = f"# {name}\n\n全县{name}面积达到{edition}万亩。\n"
        (documents / f"{name}.md").write_text(text, encoding="utf-8")


def seen(index: Index) -> set[str]:
    """Search for both articles; return the editions that were found."""
    snapshot = index.current()
    editions = set()
    for name in ("茶园", "稻田"):
        ((_, (figure,)), *_) = snapshot.search(Question(name, name, (name,)), 1)
        editions.add(figure.text.removesuffix("万亩"))
    return editions


def folders(snapshots: Path) -> list[str]:
    """The names of the Snapshots; other folders hold what the next build can use."""
    return sorted(path.name for path in snapshots.iterdir() if path.is_dir() and path.name[0].isdigit())


# Swaps


def test_readers_during_swaps(snapshots: Path, documents: Path) -> None:
    """Whoever searches while the index is swapped finds all of one edition, and none that is older again."""
    index = Index(snapshots)
    index.build(documents)
    stop = threading.Event()
    failures: list[object] = []

    def read() -> None:
        last = 0
        try:
            while not stop.is_set():
                (edition,) = map(int, seen(index))
                assert edition >= last
                last = edition
        except Exception as error:  # noqa: BLE001 - whatever it is, the test fails by it
            failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    try:
        for edition in (2, 3):
            write_edition(documents, edition)
            Index(snapshots).build(documents)
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert failures == []
    assert seen(index) == {"3"}


def test_a_reader_keeps_its_index(editions: Editions, documents: Path) -> None:
    """A Snapshot that is read outlives two that took its place, and goes once nobody reads it."""
    index = Index(editions.snapshots)
    old = index.current()
    newer: list[str] = []
    for _ in range(2):
        (documents / f"{len(newer)}.md").write_text("# 公路\n\n盘山公路全长35公里。\n", encoding="utf-8")
        newer.append(Index(editions.snapshots).build(documents).snapshot)
    assert index.current().name == newer[-1]
    assert old.search(Question("茶园", "茶园", ("茶园",)), 1)
    assert folders(editions.snapshots) == sorted([editions.newest, *newer])
    del old
    gc.collect()
    assert folders(editions.snapshots) == sorted(newer)


# Crashes


def test_killed_at_any_step(snapshots: Path, documents: Path, tmp_path: Path) -> None:
    """After kill -9 before any change on the disk the index is the old or the new one, and builds go on."""
    (documents / "gone.md").write_text("# 旧闻\n\n这一篇很快就要删去了。\n", encoding="utf-8")
    Index(snapshots).build(documents)
    (documents / "gone.md").unlink()  # what is new is read by a process that need not start here
    pristine = snapshots.rename(tmp_path / "pristine")
    found: list[int] = []  # how many articles, by the step at which the build was killed
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", CRASHING, snapshots, documents],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        status = None
        while status != 0:
            shutil.copytree(pristine, snapshots)
            process.stdin.write(f"{len(found)}\n")
            status = int(process.stdout.readline())
            assert status in {0, -signal.SIGKILL}
            index = Index(snapshots)
            found.append(index.current().documents)
            assert index.trouble is None
            assert seen(index) == {"1"}
            if len(found) % 8 == 0:
                assert index.build(documents).documents == 2
                assert len(folders(snapshots)) == 2
            shutil.rmtree(snapshots)
        process.stdin.close()
    assert len(found) > 15
    assert found == sorted(found, reverse=True)
    assert set(found) == {3, 2}


async def test_a_killed_build_process(editions: Editions) -> None:
    """A build process that is killed is an error of one line; the index in use stays, and nothing else."""

    def kill(_: Progress) -> None:
        os.kill(children()[0], signal.SIGKILL)

    builder = Builder(Index(editions.snapshots))
    with pytest.raises(WenjuError, match="意外终止（-9）"):
        await builder.build(editions.documents, kill, asyncio.Event(), full=True)
    assert seen(Index(editions.snapshots)) == {"2"}
    assert folders(editions.snapshots) == sorted([editions.before, editions.newest])


async def test_a_build_is_stopped_midway(editions: Editions) -> None:
    """A build that is told to stop ends its process, and leaves no Snapshot behind."""
    stop = asyncio.Event()
    builder = Builder(Index(editions.snapshots))
    with pytest.raises(BuildStoppedError):
        await builder.build(editions.documents, lambda _: stop.set(), stop, full=True)
    assert folders(editions.snapshots) == sorted([editions.before, editions.newest])
    assert children() == []


async def test_what_a_build_process_says(
    snapshots: Path, documents: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It tells how far it is, what it skips and what is wrong, as a build here does, and knows no setting."""
    monkeypatch.setenv("WENJU_TOKEN", "123:secret")
    (documents / "empty.md").touch()
    told: list[Progress] = []
    environments: list[bytes] = []

    def note(progress: Progress) -> None:
        told.append(progress)
        environments.extend(Path(f"/proc/{process}/environ").read_bytes() for process in children())

    builder = Builder(Index(snapshots))
    report = await builder.build(documents, note, asyncio.Event())
    assert [(error.path, error.reason) for error in report.skipped] == [("empty.md", "空文件")]
    assert told[0] == Progress(0, 3, "empty.md")
    assert told[-1] == Progress(3, 3, "")
    assert environments
    assert all(b"WENJU_" not in environment for environment in environments)
    with pytest.raises(WenjuError, match="文件夹不存在"):
        await builder.build(documents / "none", note, asyncio.Event())
    with pytest.raises(EngineError, match="检索集群连不上"):  # nobody listens there
        await Builder(Index(snapshots, engine=OpenSearchEngine("http://127.0.0.1:1"))).build(
            documents, note, asyncio.Event(), full=True
        )
    with pytest.raises(NotADirectoryError) as raised:
        await Builder(Index(documents / "empty.md" / "index")).build(documents, note, asyncio.Event())
    assert raised.value.filename == str(documents / "empty.md" / "index")


def children() -> list[int]:
    """Return the processes that build for this one."""
    return [
        int(status.parent.name)
        for status in Path("/proc").glob("[0-9]*/status")
        if f"\nPPid:\t{os.getpid()}\n" in status.read_text()
        and b"build_process" in (status.parent / "cmdline").read_bytes()
    ]


# Damage


def damage_byte(newest: Path) -> None:
    paragraphs = newest / "paragraphs.jsonl"
    whole = paragraphs.read_bytes()
    paragraphs.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))


def truncate(newest: Path) -> None:
    os.truncate(newest / "manifest.json", 100)


def remove_file(newest: Path) -> None:
    (newest / "ids.npy").unlink()


@pytest.mark.parametrize("harm", [damage_byte, truncate, remove_file, shutil.rmtree])
def test_the_one_before(
    editions: Editions, caplog: pytest.LogCaptureFixture, harm: Callable[[Path], None]
) -> None:
    """Where the newest is damaged, the one before answers and says so, once."""
    harm(editions.snapshots / editions.newest)
    index = Index(editions.snapshots)
    for _ in range(3):
        assert seen(index) == {"1"}
    assert index.trouble
    assert editions.newest in index.trouble
    assert "\n" not in index.trouble
    assert caplog.messages == [index.trouble]


def test_recovery(editions: Editions) -> None:
    """A build mends a damaged index from the rows of the one before, which stays; readers get the new one."""
    damage_byte(editions.snapshots / editions.newest)
    index = Index(editions.snapshots)
    assert seen(index) == {"1"}
    report = Index(editions.snapshots).build(editions.documents)  # as another process does
    assert report.read == 2
    assert seen(index) == {"2"}
    assert index.trouble is None
    assert folders(editions.snapshots) == sorted([editions.before, report.snapshot])


def test_recovery_without_a_change(snapshots: Path, documents: Path) -> None:
    """Also where the one before holds all that there is, a build writes a new one."""
    Index(snapshots).build(documents)
    newest = Index(snapshots).build(documents, full=True).snapshot
    truncate(snapshots / newest)
    index = Index(snapshots)
    report = index.build(documents)
    assert (report.read, report.unchanged) == (0, 2)
    assert index.trouble is None
    assert seen(index) == {"1"}
    assert report.snapshot == index.current().name
    assert newest not in folders(snapshots)


def test_nothing_left(editions: Editions) -> None:
    """Where both are damaged there is no index, which is told; a build makes one."""
    for name in (editions.newest, editions.before):
        truncate(editions.snapshots / name)
    index = Index(editions.snapshots)
    with pytest.raises(SnapshotError, match="索引损坏"):
        index.current()
    assert index.build(editions.documents).read == 2
    assert seen(index) == {"2"}
    assert len(folders(editions.snapshots)) == 1


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\n", b"none\nneither\n"])
def test_a_damaged_name(editions: Editions, content: bytes) -> None:
    """Where the file that names the index is damaged there is no index."""
    (editions.snapshots / "CURRENT").write_bytes(content)
    with pytest.raises(SnapshotError):
        Index(editions.snapshots).current()


def test_any_damage_is_noticed(editions: Editions) -> None:
    """A changed byte in any file, and a manifest without any of its fields, is refused at opening."""
    folder = editions.snapshots / editions.newest
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in {"LOCK", "manifest.json"}:
            whole = path.read_bytes()
            path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
            with pytest.raises(SnapshotError, match="损坏"):
                Snapshot(folder)
            path.write_bytes(whole)
    manifest = folder / "manifest.json"
    known = json.loads(manifest.read_text(encoding="utf-8"))
    for key in known:
        manifest.write_text(json.dumps({other: known[other] for other in known if other != key}))
        with pytest.raises(SnapshotError, match="损坏"):
            Snapshot(folder)
    manifest.write_text("[]", encoding="utf-8")
    with pytest.raises(SnapshotError, match="损坏"):
        Snapshot(folder)


def test_another_format_is_no_damage(editions: Editions) -> None:
    """An index of another version is built anew; the one before it does not answer in its place."""
    manifest = editions.snapshots / editions.newest / "manifest.json"
    changed = {**json.loads(manifest.read_text(encoding="utf-8")), "format": 0}
    manifest.write_text(json.dumps(changed), encoding="utf-8")
    index = Index(editions.snapshots)
    with pytest.raises(FormatError, match="另一版本"):
        index.current()
    assert index.trouble is None
    assert index.build(editions.documents).read == 2
    assert len(folders(editions.snapshots)) == 1


async def test_the_bot_over_a_damaged_index(
    running: Callable[[], AbstractAsyncContextManager[None]],
    settings: Settings,
    asker: Person,
    sandbox: Sandbox,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The bot starts on the one before, answers, and mends it by the refresh at its start."""
    (settings.documents / "more.md").write_text("# 新桥\n\n新桥长120米。\n", encoding="utf-8")
    newest = Index(settings.snapshots, recognised=settings.recognised).build(settings.documents).snapshot
    damage_byte(settings.snapshots / newest)
    caplog.set_level(logging.ERROR)
    async with running():
        assert "3100吨" in (await asker.ask("2020年干茶产量多少吨", timeout=30)).text
        await sandbox.until(lambda: check(settings).well, timeout=60)
    assert f"索引损坏：{settings.snapshots / newest}" in caplog.text
    assert Index(settings.snapshots).current().name != newest


async def test_damage_while_it_is_in_use(
    *,
    running: Callable[[], AbstractAsyncContextManager[None]],
    settings: Settings,
    asker: Person,
    admin: Person,
    sandbox: Sandbox,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Where the index is overwritten under the running bot, the one before answers; a reindex mends it."""
    caplog.set_level(logging.INFO, "bot.chores")
    index = Index(settings.snapshots, recognised=settings.recognised)
    index.build(settings.documents)
    (settings.documents / "more.md").write_text("# 新桥\n\n新桥长120米。\n", encoding="utf-8")
    newest = settings.snapshots / index.build(settings.documents).snapshot
    async with running():
        assert "120米" in (await asker.ask("新桥长多少米", timeout=30)).text
        async with asyncio.timeout(30):
            # Else the refresh at the start mends what is damaged here.
            while "索引：" not in caplog.text:  # noqa: ASYNC110 - the log has no events
                await asyncio.sleep(0.05)
        paragraphs = newest / "paragraphs.jsonl"
        with paragraphs.open("r+b") as file:
            file.write(b"\xff" * paragraphs.stat().st_size)
        assert "3100吨" in (await asker.ask("2020年干茶产量多少吨", timeout=30)).text
        await sandbox.until(lambda: check(settings).warnings, timeout=30)
        await admin.ask("/reindex", timeout=30)
        await sandbox.until(lambda: not check(settings).warnings, timeout=60)
        assert "120米" in (await asker.ask("新桥长多少米", timeout=30)).text
