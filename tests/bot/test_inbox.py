"""The inbox on real SQLite files: what is kept, what is erased, and what it does while the disk refuses."""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.incoming import inbox as inbox_module
from bot.incoming.handling import current, during, is_repeated, new_entry_id
from bot.incoming.inbox import Inbox, InboxError, Letter
from bot.migrations import NewerSchemaError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BOT = 42


def ids(letters: list[Letter]) -> list[int]:
    return [letter.payload["update_id"] for letter in letters]


def files(path: Path, pattern: str) -> list[Path]:
    return list(path.glob(pattern))


def update(number: int, text: str = "茶园有多少亩") -> dict[str, Any]:
    return {"update_id": number, "message": {"text": text}}


def opened(path: Path, bot: int = BOT) -> Inbox:
    return Inbox.open(path / "inbox.db", bot)


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    one = opened(tmp_path)
    yield one
    one.close()


def rows(path: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(path / "inbox.db")) as db:
        return db.execute(sql).fetchall()


async def test_what_is_accepted_waits_for_the_next_run(inbox: Inbox, tmp_path: Path) -> None:
    """Updates are on the disk when they are accepted, and come back in order, each with its content."""
    before = datetime.now(UTC)
    await inbox.accept([update(7), update(9, "说“好”\ud83c")])
    await inbox.accept([update(8)])
    assert inbox.depth == 3
    again = opened(tmp_path)  # as after a kill: the first is still open
    assert [letter.payload for letter in again.letters()] == [update(7), update(9, "说“好”\ud83c"), update(8)]
    assert again.depth == 3
    assert again.oldest is not None
    assert before <= again.oldest <= datetime.now(UTC)
    assert all(letter.handling.repeated for letter in again.letters())
    again.close()


async def test_a_repetition_is_known(inbox: Inbox, tmp_path: Path) -> None:
    """An update is new once: not again while it waits, nor when it is done, nor in the next run."""
    assert ids(await inbox.accept([update(1), update(2)])) == [1, 2]
    inbox.done(1)
    assert ids(await inbox.accept([update(2), update(1), update(3)])) == [3]
    inbox.close()
    again = opened(tmp_path)
    assert await again.accept([update(1), update(2), update(3)]) == []
    again.close()


async def test_what_is_done_is_erased(inbox: Inbox, tmp_path: Path) -> None:
    """Of an update that is done nothing is left in the files but its number; the others stay whole."""
    (first, _) = await inbox.accept([update(1, "secret words"), update(2)])
    await first.handling.sent("call", {"text": "secret answer"})
    first.handling.done()
    inbox.done(2)
    await inbox.accept([update(3)])
    inbox.done(3)
    inbox.close()
    content = b"".join(path.read_bytes() for path in files(tmp_path, "inbox.db*"))
    assert b"secret" not in content
    assert rows(tmp_path, "SELECT id, payload FROM updates ORDER BY id") == [(1, None), (2, None), (3, None)]
    assert rows(tmp_path, "SELECT count(*) FROM sent") == [(0,)]


async def test_ids_of_what_is_done_are_forgotten_in_time(
    inbox: Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file does not grow with each question: only the last ids are kept, and all that waits."""
    monkeypatch.setattr(inbox_module, "KEPT", 10)
    await inbox.accept([update(0)])
    for number in range(1, 50):
        await inbox.accept([update(number)])
        inbox.done(number)
    await inbox.accept([update(50)])
    kept = rows(tmp_path, "SELECT id FROM updates ORDER BY place")
    assert kept[0] == (0,)
    assert len(kept) <= 12


async def test_what_was_sent_comes_with_the_update(inbox: Inbox, tmp_path: Path) -> None:
    """A repeated handling is told what each call has brought, as often as it was made, and no other."""
    (letter,) = await inbox.accept([update(1)])
    for call, result in (("a", {"message_id": 5}), ("b", [{"message_id": 6}]), ("a", {"message_id": 7})):
        await letter.handling.sent(call, result)
    inbox.close()
    again = opened(tmp_path)
    (letter,) = again.letters()
    sent = [letter.handling.sent_before(call) for call in ("a", "c", "a", "a", "b")]
    assert sent == [{"message_id": 5}, None, {"message_id": 7}, None, [{"message_id": 6}]]
    again.close()


async def test_bots_do_not_take_each_others(inbox: Inbox, tmp_path: Path) -> None:
    """Two tokens over one folder, one after the other: each finds its own updates, and loses none."""
    await inbox.accept([update(1, "一")])
    inbox.close()
    other = opened(tmp_path, bot=43)
    assert other.letters() == []
    (letter,) = await other.accept([update(1, "二")])
    letter.handling.done()
    other.close()
    again = opened(tmp_path)
    assert [letter.payload for letter in again.letters()] == [update(1, "一")]
    again.close()


async def test_what_waits_too_long_for_another_bot_goes(
    inbox: Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What people wrote to a bot whose token does not come back is not kept for ever."""
    await inbox.accept([update(1, "一")])
    inbox.close()
    monkeypatch.setattr("bot.incoming.inbox.FOREIGN_KEPT", timedelta(0))
    opened(tmp_path, bot=43).close()
    again = opened(tmp_path)
    assert again.letters() == []
    again.close()


async def test_who_ends_the_process_is_suspected(inbox: Inbox, tmp_path: Path) -> None:
    """An end of the process counts against the update that was under suspicion then, and no other."""
    culprit, cleared, _ = await inbox.accept([update(1), update(2), update(3)])
    async with cleared.handling.suspected():
        pass
    await culprit.handling.suspected().__aenter__()
    inbox.close()
    again = opened(tmp_path)
    letters = again.letters()
    assert [letter.crashes for letter in letters] == [1, 0, 0]
    await letters[0].handling.suspected().__aenter__()
    assert [letter.crashes for letter in again.letters()] == [2, 0, 0]  # on the disk already
    again.close()


def test_a_killed_writer_loses_nothing(tmp_path: Path) -> None:
    """What a process has accepted when it is killed is all there, whole."""
    code = (
        "import asyncio, os, sys; from pathlib import Path; from bot.incoming.inbox import Inbox\n"
        "inbox = Inbox.open(Path(sys.argv[1]), 42)\n"
        "async def main():\n"
        "    for number in range(10_000):\n"
        "        await inbox.accept([{'update_id': number, 'message': {'text': '问' * 500}}])\n"
        "        print(number, flush=True)\n"
        "asyncio.run(main())"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, tmp_path / "inbox.db"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    while int(process.stdout.readline()) < 20:
        pass
    process.kill()
    accepted = [20, *map(int, process.stdout.read().split())][-1]
    process.wait()
    process.stdout.close()
    inbox = opened(tmp_path)
    kept = ids(inbox.letters())
    assert kept[: accepted + 1] == list(range(accepted + 1))
    assert len(kept) <= accepted + 2
    inbox.close()


async def test_a_full_disk_and_its_end(inbox: Inbox, tmp_path: Path) -> None:
    """While the disk takes nothing that is said, and what was noted meanwhile is written afterwards."""
    (letter,) = await inbox.accept([update(1)])
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, limits[1]))
    try:
        with pytest.raises(InboxError, match="收件箱写不进去"):
            await inbox.accept([update(2)])
        letter.handling.done()
        assert inbox.trouble
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert ids(await inbox.accept([update(2)])) == [2]
    assert inbox.trouble is None
    inbox.close()
    assert rows(tmp_path, "SELECT id FROM updates WHERE payload IS NOT NULL") == [(2,)]


async def test_a_locked_file_is_waited_for(
    inbox: Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock that stays is said; the inbox goes on once it is gone."""
    monkeypatch.setattr(inbox_module, "LOCK_WAIT", 0.1)
    await inbox.accept([update(1)])
    inbox.close()
    again = opened(tmp_path)
    with closing(sqlite3.connect(tmp_path / "inbox.db", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(InboxError, match="locked"):
            await again.accept([update(2)])
        holder.execute("ROLLBACK")
    assert len(await again.accept([update(2)])) == 1
    again.close()


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
async def test_a_damaged_file_is_moved_aside(tmp_path: Path, content: bytes) -> None:
    """A damaged inbox does not stop the bot: it is kept beside, and a new one begun."""
    (tmp_path / "inbox.db").write_bytes(content)
    inbox = opened(tmp_path)
    assert len(await inbox.accept([update(1)])) == 1
    inbox.close()
    (aside,) = files(tmp_path, "inbox.db.corrupt-*")
    assert aside.read_bytes() == content


async def test_a_folder_that_takes_nothing(as_nobody: Path) -> None:
    """Where the file cannot even be made, the bot starts all the same and says why."""
    (as_nobody / "closed").mkdir(mode=0o500)
    inbox = opened(as_nobody / "closed")
    assert inbox.trouble
    with pytest.raises(InboxError):
        inbox.letters()
    with pytest.raises(InboxError):
        await inbox.accept([update(1)])
    (as_nobody / "closed").chmod(0o700)
    assert len(await inbox.accept([update(1)])) == 1
    inbox.close()


def test_a_later_release(tmp_path: Path) -> None:
    """A file of a later release is refused rather than misread."""
    opened(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "inbox.db")) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(NewerSchemaError):
        opened(tmp_path)


async def test_full(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has room as long as not too much waits."""
    monkeypatch.setattr(inbox_module, "FULL", 2)
    await inbox.accept([update(1), update(2)])
    assert not inbox.has_room
    inbox.done(1)
    assert inbox.has_room


async def test_ids_of_questions_repeat(inbox: Inbox, tmp_path: Path) -> None:
    """A repeated handling logs its questions under the ids they had, in their order; others have others."""
    first, second = await inbox.accept([update(1), update(2)])
    with during(first.handling):
        made = [new_entry_id(), new_entry_id()]
        assert not is_repeated()
    with during(second.handling):
        made.append(new_entry_id())
    assert len(set(made)) == 3
    inbox.close()
    again = opened(tmp_path)
    repeated = []
    for letter in again.letters():
        with during(letter.handling):
            assert is_repeated()
            repeated += [new_entry_id() for _ in range(2 if letter.payload["update_id"] == 1 else 1)]
    assert repeated == made
    assert current() is None
    assert new_entry_id() != new_entry_id()
    again.close()


def test_its_file_is_the_owners(tmp_path: Path) -> None:
    """Nobody else can read what people ask."""
    mask = os.umask(0o022)
    try:
        opened(tmp_path).close()
    finally:
        os.umask(mask)
    assert (tmp_path / "inbox.db").stat().st_mode & 0o077 == 0


async def test_json_is_kept_as_it_came(inbox: Inbox, tmp_path: Path) -> None:
    """Fields that this release does not know are kept for the handling."""
    strange = {"update_id": 1, "new_kind": {"深": [1.5, None, True, {"a": "\u0000"}]}}
    await inbox.accept([strange])
    inbox.close()
    again = opened(tmp_path)
    assert json.dumps(again.letters()[0].payload) == json.dumps(strange)
    assert timedelta() <= datetime.now(UTC) - again.letters()[0].handling.received < timedelta(minutes=5)
    again.close()
