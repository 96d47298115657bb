"""A backup is whole or not there, and so is what it restores: with the real command, beside a real bot."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import pytest

from bot.backups.making import backups_in, make
from bot.backups.manifest import FILES, BackupError, check
from bot.backups.restoring import finish, restore
from bot.log.database import connect
from bot.log.query_log import QueryLog
from bot.migrations import LOG, NewerSchemaError
from bot.state.database import StateDatabase, StateError
from retrieval.model import Answer, Question
from tests.kills import killed_at_each_step

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from bot.sandbox.people import Person
    from bot.settings import Settings


def command(data: Path, *arguments: str | Path) -> list[str]:
    code = f"import os; os.environ['WENJU_DATA'] = {str(data)!r}; from bot.cli import main; main()"
    return [sys.executable, "-c", code, *map(str, arguments)]


async def wenju(data: Path, *arguments: str | Path) -> tuple[int, str]:
    """Run the command; return its exit status and what it printed."""
    run = partial(subprocess.run, capture_output=True, text=True, timeout=60, check=False)
    done = await asyncio.to_thread(run, command(data, *arguments))
    return done.returncode, done.stdout + done.stderr


def fill(data: Path, questions: int, words: str = "湖有多大") -> None:
    """Write the log and the state of a bot that was asked so many questions."""
    with closing(QueryLog.open(data / "queries.db")) as log:
        for _ in range(questions):
            answer = Answer(Question(words, words, (words,)), found=False, hits=(), figures=())
            entry = log.new_entry(
                answer, asker_id=42, chat_id=42, chat_kind="private", language="zh", source="telegram"
            )
            log.record(entry)
        assert log.flush(60)
    StateDatabase.open(data / "state.db").close()


def asked(data: Path) -> int:
    with closing(sqlite3.connect(data / "queries.db")) as connection:
        count: int = connection.execute("SELECT count(*) FROM queries").fetchone()[0]
        return count


def contents(folder: Path) -> dict[str, bytes]:
    """What the files hold that a restore replaces; the databases as they are read."""
    found = {"queries.key": (folder / "queries.key").read_bytes()}
    for name in ("queries.db", "state.db"):
        with closing(sqlite3.connect(folder / name)) as connection:
            found[name] = "\n".join(connection.iterdump()).encode()
    return found


@pytest.fixture
def data(tmp_path: Path) -> Path:
    fill(tmp_path / "data", 3)
    return tmp_path / "data"


async def test_a_backup_beside_a_bot_that_writes_restores(
    settings: Settings, running: Callable[..., AbstractAsyncContextManager[None]], asker: Person
) -> None:
    """A backup holds all that was answered before it; restored, the bot goes on from there."""
    data = settings.data
    async with running():
        await asker.ask("2020年干茶产量多少吨")
        await asker.ask("最长的隧道有多长")
        backing_up = asyncio.create_task(wenju(data, "backup"))
        while not backing_up.done():
            await asker.ask("图书馆藏书多少册")
        assert (await backing_up)[0] == 0
        [backup] = backups_in(data / "backups")
        status, said = await wenju(data, "restore", backup)
        assert (status, said) == (1, f"Error: WENJU_DATA: 已有一个 wenju 在使用这个文件夹：{data}\n")
    told = check(backup).files["queries.db"]
    assert (told.schema, 2 <= told.rows["queries"] <= asked(data)) == (len(LOG), True)
    assert stat_of(backup / "queries.key") == 0o600
    total = asked(data)
    status, said = await wenju(data, "restore", backup)
    assert (status, asked(data)) == (0, told.rows["queries"])
    [replaced] = data.glob("replaced-*")
    assert str(replaced) in said
    assert asked(replaced) == total
    async with running():
        assert "3100吨" in (await asker.ask("2020年干茶产量多少吨")).text
    assert asked(data) == told.rows["queries"] + 1


def stat_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


async def test_keep_deletes_the_oldest(data: Path) -> None:
    """With a number to keep, the last so many stay, and nothing else in the folder is touched."""
    folder = data.parent / "elsewhere"
    first = make(data, folder)
    (folder / "notes.txt").write_text("mine")
    for _ in range(2):
        status, _ = await wenju(data, "backup", folder, "--keep", "2")
        assert status == 0
    assert len(backups_in(folder)) == 2
    assert not first.exists()
    assert (folder / "notes.txt").exists()
    assert len(list(folder.iterdir())) == 3


BACK_UP = """
from pathlib import Path
from bot.backups.making import make

def work():
    make(Path("data"), Path("backups"))
"""


def test_a_backup_killed_at_any_step_is_no_backup(data: Path, tmp_path: Path) -> None:
    """Whenever it is killed, what is there under a backup's name is whole, and the next one clears up."""
    template = tmp_path / "template"
    shutil.copytree(data, template / "data")
    folders = killed_at_each_step(template, tmp_path / "killed", BACK_UP)
    assert len(folders) > 8
    made = [backups_in(folder / "backups") for folder in folders]
    assert [len(found) for found in made[:3]] == [0, 0, 0]
    for folder, found in zip(folders, made, strict=True):
        for backup in found:
            check(backup)
        backup = make(folder / "data", folder / "backups")
        assert sorted((folder / "backups").iterdir()) == [*found, backup]
        check(backup)


def test_a_backup_killed_while_it_writes_is_no_backup(tmp_path: Path) -> None:
    """Half a database that a kill has left is no backup."""
    fill(tmp_path, 20, "湖" * 300_000)
    process = subprocess.Popen(command(tmp_path, "backup"), stdout=subprocess.DEVNULL)
    with process:
        while not any(part.stat().st_size for part in tmp_path.glob("backups/.part-*/queries.db")):
            assert process.poll() is None
        os.kill(process.pid, signal.SIGKILL)
    [left] = (tmp_path / "backups").iterdir()
    with pytest.raises(BackupError, match="不是完整的备份"):
        restore(tmp_path / "other", left)
    assert backups_in(tmp_path / "backups") == []
    backup = make(tmp_path, tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == [backup]


RESTORE = """
from pathlib import Path
from bot.backups.restoring import restore

def work():
    restore(Path("data"), Path("backup"))
"""


def test_a_restore_killed_at_any_step_is_all_or_nothing(data: Path, tmp_path: Path) -> None:
    """Whenever it is killed, the bot starts with all of the backup or of what was there; both are kept."""
    template = tmp_path / "template"
    shutil.copytree(data, template / "data")
    other = tmp_path / "other"
    fill(other, 5)
    make(other, tmp_path / "made").rename(template / "backup")
    before, after = contents(template / "data"), contents(template / "backup")
    folders = killed_at_each_step(template, tmp_path / "killed", RESTORE)
    outcomes = []
    for folder in folders:
        finish(folder / "data")  # as the bot does when it starts
        found = contents(folder / "data")
        assert found in (before, after)
        outcomes.append(found == after)
        if found == after:
            [replaced] = (folder / "data").glob("replaced-*")
            assert contents(replaced) == before
        assert not list((folder / "data").glob("restoring-*"))
    assert outcomes == sorted(outcomes)
    assert 3 < sum(outcomes) < len(outcomes) - 3


async def test_a_bot_completes_a_restore_that_was_killed(
    settings: Settings,
    running: Callable[..., AbstractAsyncContextManager[None]],
    asker: Person,
    tmp_path: Path,
) -> None:
    """What was decided when the restore was killed is done before the bot opens anything."""
    fill(tmp_path / "other", 5)
    backup = make(tmp_path / "other", tmp_path / "made")
    fill(settings.data, 2)
    decided = settings.data / "restoring-20260101T000000000000Z"
    shutil.copytree(backup, decided)
    (settings.data / "queries.db").rename(settings.data / "queries.db.gone")
    async with running():
        await asker.ask("2020年干茶产量多少吨")
    assert asked(settings.data) == 6
    assert contents(settings.data)["queries.key"] == (tmp_path / "other" / "queries.key").read_bytes()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("harm", ["flipped", "cut", "missing"])
def test_a_damaged_backup_is_refused(data: Path, tmp_path: Path, name: str, harm: str) -> None:
    """A file that is not what was backed up, or is gone, is told in one line, and nothing changes."""
    backup = make(data, tmp_path / "backups")
    path = backup / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    if harm == "missing":
        path.unlink()
    else:
        path.write_bytes(content if harm == "flipped" else content[:-7])
    before = sorted(data.iterdir())
    with pytest.raises(BackupError, match=name):
        restore(data, backup)
    assert [path for path in sorted(data.iterdir()) if path.name != "RUNNING"] == before


def test_a_backup_of_a_later_release_is_refused(data: Path, tmp_path: Path) -> None:
    """The error names both versions, and nothing changes."""
    with closing(connect(data / "queries.db")) as db:
        db.execute(f"PRAGMA user_version = {len(LOG) + 1}")
    backup = make(data, tmp_path / "backups")
    before = contents(data)
    with pytest.raises(NewerSchemaError, match=str(len(LOG) + 1)):
        restore(data, backup)
    assert contents(data) == before


def test_what_is_no_backup_is_refused(data: Path, tmp_path: Path) -> None:
    """A folder without `backup.json`, or with one that says nothing, is none."""
    with pytest.raises(BackupError, match="不是完整的备份"):
        restore(data, tmp_path)
    for told in ("", "[]", "{}", '{"made_at": "", "files": {"queries.db": 1}}'):
        (tmp_path / "backup.json").write_text(told)
        with pytest.raises(BackupError, match="已损坏"):
            restore(data, tmp_path)


async def test_a_full_disk_is_one_clear_line(data: Path) -> None:
    """Where the backup has no room, the command says so and leaves nothing."""
    fill(data, 2000)
    size = 100_000

    def little_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    run = partial(subprocess.run, capture_output=True, text=True, check=False, preexec_fn=little_room)
    done = await asyncio.to_thread(run, command(data, "backup"))
    assert done.returncode == 1
    assert done.stderr.startswith("Error: 备份没有完成：")
    assert len(done.stderr.splitlines()) == 1
    assert list((data / "backups").iterdir()) == []


def test_an_unwritable_folder_is_one_clear_line(as_nobody: Path) -> None:
    """Where the folder takes no file, and where it is none, the error names it."""
    fill(as_nobody / "data", 1)
    closed = as_nobody / "closed"
    closed.mkdir(mode=0o500)
    for folder in (closed, closed / "backups", as_nobody / "data" / "queries.key"):
        with pytest.raises(BackupError, match=f"备份没有完成：{folder}"):
            make(as_nobody / "data", folder)
    assert list(closed.iterdir()) == []


def test_a_damaged_log_is_not_backed_up(data: Path, tmp_path: Path) -> None:
    """A backup that could not be read again is not made."""
    fill(data, 500)
    with (data / "queries.db").open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * 40_000)
    with pytest.raises(BackupError):
        make(data, tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_damaged_state_says_how_to_go_on(data: Path) -> None:
    """The bot does not start without what people set; the error names the two ways out."""
    (data / "state.db").write_bytes(b"these are no rows" * 1000)
    with pytest.raises(StateError, match=r"wenju restore.*移走"):
        StateDatabase.open(data / "state.db")
