"""The query log on real SQLite files, with real locks, kills and a real lack of room."""

from __future__ import annotations

import json
import logging
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.ids import new_id
from bot.log import query_log
from bot.log.database import Filter, count_entries, read_entries, read_vote
from bot.log.query_log import QueryLog
from bot.migrations import LOG, NewerSchemaError
from bot.pseudonyms import KeyFileError, Pseudonyms
from retrieval.model import Answer, Figure, Hit, Paragraph, Picture, Question, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.log.entry import Entry

BRIDGE = Paragraph(
    id="p-bridge",
    document="roads/bridge.md",
    article=1,
    position=4,
    title="大桥通车",
    section="造价",
    text="大桥全长3.2公里，造价12亿元。",
    date="2020-05",
    source="县报",
    author="李明",
)
FERRY = Paragraph("p-ferry", "ferry.md", 0, 0, "渡口", None, "渡口停用。", continues=True)
PIER = Paragraph("p-pier", "ferry.md", 0, 1, "渡口", None, "码头仍在。")
ANSWER = Answer(
    question=Question(
        "那多长？",
        "大桥多长?",
        ("大桥", "长"),
        Wanted(("measure",), "公里", "2020年", "month"),
        read_as="大桥多长？",
    ),
    found=True,
    hits=(
        Hit(BRIDGE, 7.25, ((0, 2), (3, 4)), answering=((0, 9),), continued=(FERRY, PIER)),
        Hit(FERRY, -0.5, same_as="p-bridge"),
    ),
    figures=(
        Figure("3.2公里", "measure", 3.2, "公里", 4, 9, "全长", None, "p-bridge"),
        Figure("10至12亿元", "money", (1e9, 1.2e9), "元", 12, 16, "造价", "2020年", "p-bridge"),
        Figure("5月", "date", None, None, 0, 2),
    ),
    pictures=(Picture("3f0c.png", 640, 480, "大桥近景"),),
    suggestion="大桥多高？",
    snapshot="20260101-abc",
    stages={"understand": 0.5, "search": 1.25},
)
NOT_FOUND = Answer(Question("月亮呢", "月亮呢", ("月亮",)), found=False, near=True, hits=(), figures=())


def latest(log: QueryLog, limit: int, offset: int = 0, *, unanswered: bool = False) -> list[Entry]:
    chosen = Filter(unanswered=unanswered)
    return log.read(lambda db: list(read_entries(db, chosen, limit=limit, offset=offset)))


def count(log: QueryLog, *, unanswered: bool = False) -> int:
    return log.read(lambda db: count_entries(db, Filter(unanswered=unanswered)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "queries.db"


@pytest.fixture
def log(path: Path) -> Iterator[QueryLog]:
    opened = QueryLog.open(path)
    yield opened
    opened.close()


def entry(log: QueryLog, answer: Answer = ANSWER, log_id: str | None = None) -> Entry:
    made = log.new_entry(
        answer, asker_id=42, chat_id=-1001, chat_kind="supergroup", language="zh", source="telegram"
    )
    return replace(made, id=log_id or made.id)


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def test_an_entry_comes_back_as_it_was(log: QueryLog) -> None:
    """Every part of an Answer can be shown again from the log alone."""
    written = entry(log)
    log.record(written)
    assert log.flush()
    assert not log._pending
    assert log.get(written.id) == replace(written, at=latest(log, 1)[0].at)
    assert abs((latest(log, 1)[0].at - written.at).total_seconds()) < 0.001


def test_an_answer_outlives_a_restart(log: QueryLog, path: Path) -> None:
    """A button pressed after a restart finds its entry and the same chat's hash."""
    written = entry(log)
    log.record(written)
    log.close()
    with closing(QueryLog.open(path)) as again:
        found = again.get(written.id)
        assert found is not None
        assert found.answer == ANSWER
        assert found.chat == again.pseudonyms.chat(-1001)


def test_no_telegram_id_is_stored(log: QueryLog, path: Path) -> None:
    """Who asked, where and who voted are keyed hashes; the same number as user and as chat differs."""
    written = log.new_entry(
        ANSWER, asker_id=987654321, chat_id=987654321, chat_kind="private", language="zh", source="telegram"
    )
    log.record(written)
    log.vote(written.id, 987654321, "up")
    log.close()
    assert b"987654321" not in path.read_bytes()
    assert written.asker != written.chat
    assert QueryLog(path, Pseudonyms(b"x" * 32)).pseudonyms.user(987654321) != written.asker


def test_the_key_is_for_its_owner_only_and_stays(log: QueryLog, path: Path) -> None:
    """The key file has mode 0600, and opening again hashes alike."""
    key = path.with_suffix(".key")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    with closing(QueryLog.open(path)) as again:
        assert again.pseudonyms.user(42) == log.pseudonyms.user(42)
    assert [file.name for file in path.parent.iterdir() if file.name.startswith("queries.key")] == [
        "queries.key"
    ]


def test_a_damaged_key_is_an_error(log: QueryLog, path: Path) -> None:
    """A cut key is reported by name: a new one would silently make strangers of everybody."""
    log.close()
    path.with_suffix(".key").write_bytes(b"short")
    with pytest.raises(KeyFileError, match=r"queries\.key"):
        QueryLog.open(path)


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    """A file in the folder's place is one clear line."""
    (tmp_path / "data").write_text("")
    with pytest.raises(KeyFileError, match="data"):
        QueryLog.open(tmp_path / "data" / "queries.db")


def test_ids_sort_by_time_and_fit_a_button() -> None:
    """Ids are 16 url-safe characters, later ones greater, none alike."""
    ids = []
    for _ in range(5):
        ids.append(new_id())
        time.sleep(0.002)
    assert ids == sorted(ids)
    assert all(len(log_id) == 16 and log_id.isalnum() and log_id.isascii() for log_id in ids)
    assert len({new_id() for _ in range(20_000)}) == 20_000


def test_a_second_try_stays_one_row(log: QueryLog, path: Path) -> None:
    """Recording under the same id replaces the answer and keeps the votes."""
    log.record(entry(log, log_id="again"))
    log.vote("again", 1, "up")
    log.record(entry(log, NOT_FOUND, log_id="again"))
    assert log.flush()
    found = log.get("again")
    assert found is not None
    assert (found.answer, found.ups) == (NOT_FOUND, 1)
    assert rows(path, "SELECT count(*) FROM hits") == [(0,)]


def test_one_vote_a_person(log: QueryLog) -> None:
    """A person's later vote takes the place of the earlier one, its rank too; others count beside it."""
    log.record(entry(log, log_id="voted"))
    for voter, verdict, rank in ((1, "up", 0), (2, "down", 0), (1, "down", 0), (1, "down", 1)):
        log.vote("voted", voter, verdict, rank)  # type: ignore[arg-type]
    assert log.flush()
    found = log.get("voted")
    assert found is not None
    assert (found.ups, found.downs) == (0, 2)
    assert sorted((vote.rank, vote.verdict) for vote in found.votes) == [(0, "down"), (1, "down")]


def test_a_vote_without_its_entry_holds_up_nothing(log: QueryLog, caplog: pytest.LogCaptureFixture) -> None:
    """A vote for an unknown id is left out and logged; what follows is written."""
    log.vote("unknown", 1, "up")
    log.record(entry(log, log_id="next"))
    assert log.flush()
    assert log.get("next")
    assert "refuses a record" in caplog.text


def test_latest_and_count(log: QueryLog) -> None:
    """Entries come newest first, by pages, and the unanswered ones alone when asked."""
    for number in range(5):
        log.record(entry(log, NOT_FOUND if number % 2 else ANSWER, log_id=f"q{number}"))
        time.sleep(0.002)
    assert log.flush()
    assert [found.id for found in latest(log, 2)] == ["q4", "q3"]
    assert [found.id for found in latest(log, 2, 2)] == ["q2", "q1"]
    assert [found.id for found in latest(log, 9, unanswered=True)] == ["q3", "q1"]
    assert (count(log), count(log, unanswered=True)) == (5, 2)


def test_a_corrected_date_reaches_earlier_answers(log: QueryLog) -> None:
    """A paragraph is stored once; what changes beside its text is brought up to date."""
    log.record(entry(log, log_id="before"))
    corrected = replace(BRIDGE, date="2021-06")
    log.record(entry(log, replace(ANSWER, hits=(Hit(corrected, 1.0),)), log_id="after"))
    assert log.flush()
    found = log.get("before")
    assert found is not None
    assert found.answer.hits[0].paragraph == corrected


def asked(log: QueryLog, text: str, *, asker: int = 42, chat: int = -1001, reply: int | None = None) -> Entry:
    answer = replace(NOT_FOUND, question=Question(text, text, (text,)))
    made = log.new_entry(
        answer, asker_id=asker, chat_id=chat, chat_kind="group", language="zh", source="telegram"
    )
    return replace(made, reply=reply)


def test_the_question_before(log: QueryLog) -> None:
    """It is the asker's last one in the chat, nobody else's and none of another chat."""
    log.record(asked(log, "第一问"))
    time.sleep(0.002)
    log.record(asked(log, "第二问"))
    log.record(asked(log, "别人问", asker=43))
    log.record(asked(log, "别处问", chat=-1002))
    assert log.flush()
    assert log.question_before(42, -1001) == "第二问"
    assert log.question_before(43, -1001) == "别人问"
    assert log.question_before(43, -1002) is None


def test_the_question_before_as_it_was_read(log: QueryLog) -> None:
    """A follow-up to a follow-up starts from what that one was completed to."""
    written = entry(log)
    log.record(written)
    assert log.question_before(42, -1001) == "大桥多长？"
    assert log.flush()
    assert log.question_before(42, -1001) == "大桥多长？"


def test_the_question_that_a_reply_means(log: QueryLog) -> None:
    """A reply to an answer means its question, whoever asked it and however long ago."""
    old = asked(log, "旧问", asker=43, reply=7)
    log.record(replace(old, at=old.at - timedelta(days=3)))
    log.record(asked(log, "新问", reply=9))
    log.record(asked(log, "别处问", chat=-1002, reply=7))
    for _ in range(2):  # still in memory, most likely, and then written
        assert log.question_before(42, -1001, reply=7) == "旧问"
        assert log.question_before(42, -1001, reply=8) == "新问"
        assert log.flush()


def test_a_reply_means_the_last_of_one_number(log: QueryLog) -> None:
    """Where message ids have started again, the last question of that id is meant, not the first written."""
    new, old = asked(log, "新问", reply=7), asked(log, "旧问", reply=7)
    log.record(replace(new, id="a"))
    log.record(replace(old, id="b", at=old.at - timedelta(days=3)))
    assert log.flush()
    assert log.question_before(42, -1001, reply=7) == "新问"
    log.record(replace(asked(log, "最新问", reply=7), id="c", at=new.at + timedelta(seconds=1)))
    assert log.flush()
    assert log.question_before(42, -1001, reply=7) == "最新问"


def test_no_question_is_before_after_ten_minutes(log: QueryLog) -> None:
    """What was asked eleven minutes ago is not followed any more, nine minutes ago it is."""
    for minutes, expected in ((11, None), (9, "问")):
        written = asked(log, "问")
        log.record(replace(written, at=written.at - timedelta(minutes=minutes)))
        assert log.question_before(42, -1001) == expected
        assert log.flush()
        assert log.question_before(42, -1001) == expected


def test_the_question_before_waits_for_no_lock(log: QueryLog, path: Path) -> None:
    """While the log is locked a waiting entry counts, and without one there is none, at once."""
    assert log.flush()
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")
        began = time.perf_counter()
        assert log.question_before(42, -1001) is None
        log.record(asked(log, "问"))
        assert log.question_before(42, -1001) == "问"
        assert time.perf_counter() - began < 0.5


def test_an_unreadable_log_has_no_question_before(log: QueryLog, path: Path) -> None:
    """A log that is gone or no database leaves a question as it stands."""
    log.close()
    path.write_bytes(b"these are no rows" * 100)
    assert log.question_before(42, -1001) is None
    path.unlink()
    assert log.question_before(42, -1001) is None


def test_an_unknown_id_is_none(log: QueryLog) -> None:
    """A forged button finds nothing."""
    assert log.get("nothing-like-it") is None


HOLD_LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
connection.execute("ROLLBACK")
"""


def test_a_locked_database_holds_up_nobody(log: QueryLog, path: Path) -> None:
    """While another process holds the lock, recording returns at once and the entry can be read."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD_LOCK, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdin
    assert holder.stdout
    with holder:
        assert holder.stdout.readline() == "locked\n"
        began = time.perf_counter()
        written = entry(log)
        log.record(written)
        log.vote(written.id, 1, "up")
        assert log.get(written.id) == written
        assert time.perf_counter() - began < 0.1
        assert not log.flush(2.5)  # SQLite's own wait is 1 s: the writer has failed and tries again
        assert log.trouble == "database is locked"
        assert count(log) == 0  # reading goes on
        holder.stdin.close()
        holder.wait()
    assert log.flush(10)
    assert log.trouble is None
    found = log.get(written.id)
    assert found is not None
    assert found.ups == 1


def test_opening_a_locked_log_leaves_it_to_the_writer(path: Path) -> None:
    """A bot that starts while the new file is locked still answers; the schema follows when it can."""
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        log = QueryLog.open(path)
        log.record(entry(log, log_id="early"))
        assert log.get("early")
        holder.execute("ROLLBACK")
    assert log.flush(10)
    log.close()
    assert rows(path, "SELECT id FROM queries") == [("early",)]


def test_beyond_its_room_the_oldest_is_dropped(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Memory stays bounded while nothing can be written: the oldest goes, and the log says so."""
    monkeypatch.setattr(query_log, "PENDING", 3)
    monkeypatch.setattr(query_log, "BATCH", 1)
    log = QueryLog.open(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        log.record(entry(log, log_id="taken"))
        while log._waiting:  # until the writer has it in hand, for as long as it waits for the lock
            time.sleep(0.01)
        for number in range(5):
            log.record(entry(log, log_id=f"q{number}"))
        holder.execute("ROLLBACK")
    assert log.flush(10)
    assert sorted(rows(path, "SELECT id FROM queries")) == [("q2",), ("q3",), ("q4",), ("taken",)]
    assert caplog.text.count("oldest is dropped") == 2
    log.close()


def test_closing_gives_up_in_time(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A locked database keeps a stop waiting no longer than told, and the loss is logged."""
    log = QueryLog.open(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        log.record(entry(log))
        began = time.perf_counter()
        log.close(timeout=0.3)
        assert time.perf_counter() - began < 0.6
        assert "1 records unwritten" in caplog.text
        holder.execute("ROLLBACK")
    writer = log._writer._thread
    writer.join(5)
    assert not writer.is_alive()


def test_after_closing_a_record_is_refused_without_raising(
    log: QueryLog, caplog: pytest.LogCaptureFixture
) -> None:
    """An answer that comes late in a shutdown is still given."""
    log.close()
    log.record(entry(log))
    assert "is lost" in caplog.text


FULL_DISK = """
import json, logging, resource, sys
from pathlib import Path
from bot.log.query_log import QueryLog
from retrieval.model import Answer, Question

path = Path(sys.argv[1])
log = QueryLog.open(path)
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
ids = []
for number in range(200):
    words = f"第{number}问" + "长" * 2000
    answer = Answer(Question(words, words, ()), found=False, hits=(), figures=())
    entry = log.new_entry(answer, asker_id=1, chat_id=1, chat_kind="private", language="zh", source="sandbox")
    log.record(entry)
    ids.append(entry.id)
full = not log.flush(2)
trouble = log.trouble
readable = sum(log.get(log_id) is not None for log_id in ids)
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
freed = log.flush(20)
log.close()
print(json.dumps({"full": full, "trouble": trouble, "readable": readable, "freed": freed}))
"""


def test_a_full_disk_loses_nothing_that_fits_in_memory(path: Path) -> None:
    """When the file cannot grow, entries wait in memory; with room again all are written."""
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, path], check=True, capture_output=True, text=True, timeout=60
    )
    told = json.loads(done.stdout)
    assert told["full"]
    assert told["trouble"]
    assert told["readable"] == 200
    assert told["freed"]
    assert rows(path, "SELECT count(*) FROM queries") == [(200,)]
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]


KEEP_WRITING = """
import sys
from dataclasses import replace
from pathlib import Path
from bot.log.query_log import QueryLog
from retrieval.model import Answer, Hit, Paragraph, Question

log = QueryLog.open(Path(sys.argv[1]))
for number in range(100_000):
    hit = Hit(Paragraph(f"p{number}", "a.md", 0, number, "题", None, f"第{number}段"), 1.0)
    answer = Answer(Question("问", "问", ("问",)), found=True, hits=(hit,), figures=())
    entry = log.new_entry(answer, asker_id=1, chat_id=1, chat_kind="private", language="zh", source="sandbox")
    log.record(replace(entry, id=f"q{number}"))
    if number % 10 == 0:
        log.flush()
        print(number, flush=True)
"""


def test_a_kill_leaves_a_whole_database(path: Path) -> None:
    """After kill -9 in mid-writing all that was flushed is there, and each entry has its paragraph."""
    writer = subprocess.Popen([sys.executable, "-c", KEEP_WRITING, path], stdout=subprocess.PIPE, text=True)
    assert writer.stdout
    with writer:
        flushed = 0
        while flushed < 50:
            flushed = int(writer.stdout.readline())
        os.kill(writer.pid, signal.SIGKILL)
    with closing(QueryLog.open(path)) as log:
        assert count(log) > flushed
        assert len(latest(log, 10**6)) == count(log)
        assert all(len(found.answer.hits) == 1 for found in latest(log, 10**6))
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]
    assert rows(path, "PRAGMA foreign_key_check") == []
    assert not list(path.parent.glob("*.corrupt-*"))


@pytest.mark.parametrize("damage", ["not a database", "torn page"])
def test_a_damaged_log_is_moved_aside(path: Path, damage: str, caplog: pytest.LogCaptureFixture) -> None:
    """A damaged database keeps its bytes under another name, and a new one takes its place."""
    log = QueryLog.open(path)
    for _ in range(50):
        log.record(entry(log))
    log.close()
    content = bytearray(path.read_bytes())
    if damage == "torn page":
        content[4096:20480] = b"\xa5" * 16384
    else:
        content[:] = b"these are no rows" * 100
    path.write_bytes(content)
    with caplog.at_level(logging.ERROR), closing(QueryLog.open(path)) as again:
        assert count(again) == 0
        again.record(entry(again))
        assert again.flush()
    (kept,) = path.parent.glob("queries.db.corrupt-*")
    assert kept.read_bytes() == bytes(content)
    assert kept.name in caplog.text


def test_damage_while_running_is_moved_aside_too(log: QueryLog, path: Path) -> None:
    """The writer does not wait for a restart: it keeps the damaged file and writes into a new one."""
    assert log.flush()
    for part in path.parent.glob("queries.db*"):
        part.unlink()
    path.write_bytes(b"these are no rows" * 100)
    log.record(entry(log, log_id="after"))
    assert log.flush(10)
    assert log.get("after")
    assert len(list(path.parent.glob("queries.db.corrupt-*"))) == 1


def test_a_newer_log_is_refused(log: QueryLog, path: Path) -> None:
    """A log of a later release is not touched: the error names both versions."""
    log.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {len(LOG) + 1}")
    with pytest.raises(NewerSchemaError, match=str(len(LOG) + 1)):
        QueryLog.open(path)
    assert rows(path, "PRAGMA user_version") == [(len(LOG) + 1,)]


def test_a_broken_record_is_left_out(log: QueryLog, caplog: pytest.LogCaptureFixture) -> None:
    """A record that cannot even be read as one is logged as an error, and those beside it are written."""
    log.record(entry(log, log_id="before"))
    log.record(entry(log, replace(ANSWER, hits=("no hit",)), log_id="broken"))  # type: ignore[arg-type]
    log.record(entry(log, log_id="after"))
    assert log.flush()
    assert {found.id for found in latest(log, 9)} == {"before", "after"}
    assert "it is left out" in caplog.text


def test_the_writer_outlives_anything(log: QueryLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that nobody foresaw is told as trouble, and the record is written once it is over."""
    assert log.flush()

    def fail(*_: object) -> None:
        raise RuntimeError("out of the blue")

    with monkeypatch.context() as broken:
        broken.setattr(log, "_is_forgotten", fail)
        log.record(entry(log, log_id="kept"))
        while log.trouble is None:
            time.sleep(0.01)
        assert log.trouble == "out of the blue"
    assert log.flush(10)
    assert log.trouble is None
    assert [found.id for found in latest(log, 9)] == ["kept"]


def test_many_threads_at_once(log: QueryLog) -> None:
    """Handlers on many threads record, vote and read without an error, and nothing is lost."""
    errors: list[BaseException] = []

    def work(worker: int) -> None:
        try:
            for number in range(25):
                log_id = f"w{worker}-{number}"
                log.record(entry(log, log_id=log_id))
                log.vote(log_id, worker, "up")
                assert log.get(log_id)
                latest(log, 3)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test shall see it
            errors.append(error)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert log.flush(20)
    assert count(log) == 200
    assert all(found.ups == 1 for found in latest(log, 200))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(st.characters(exclude_categories=())), value=st.one_of(st.floats(allow_nan=False), st.text())
)
def test_anybody_s_text_is_written(log: QueryLog, text: str, value: float | str) -> None:
    """Any question is logged, lone surrogates and NUL included, and reads back but for the surrogates."""
    figure = Figure(text, "count", value, text, 0, 1, text, text)
    asked = replace(ANSWER, question=Question(text, text, (text,)), figures=(figure,))
    written = entry(log, asked)
    log.record(written)
    assert log.flush()
    assert log.trouble is None
    with closing(sqlite3.connect(log._path)) as connection:
        count = connection.execute("SELECT count(*) FROM queries WHERE id = ?", [written.id]).fetchone()
    assert count == (1,)
    found = log.get(written.id)
    assert found is not None
    if not any("\ud800" <= character <= "\udfff" for character in text + str(value)):
        assert found.answer == asked


def contents(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def test_forgotten_while_the_log_is_locked(
    log: QueryLog, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waited to be written of a person who is forgotten is not written later, nor by a late reply."""
    monkeypatch.setattr(QueryLog.flush, "__defaults__", (0.2,))
    log.record(entry(log, log_id="before"))
    assert log.flush(5)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        mine = entry(log, log_id="waiting")
        log.record(mine)
        time.sleep(0.3)  # the writer has taken it and tries again
        deleting = threading.Thread(target=log.forget, args=(42,))
        deleting.start()
        time.sleep(0.5)
        other.rollback()
    deleting.join()
    log.record(replace(mine, reply=9))
    assert log.flush()
    assert count(log) == 0


def test_only_votes_are_forgotten_too(log: QueryLog, path: Path) -> None:
    """A comment goes from every file also where its writer never asked anything."""
    log.record(entry(log, log_id="asked"))
    log.vote("asked", 5, "down", prompt=3)
    assert log.flush()
    vote = log.read(lambda db: read_vote(db, "asked", log.pseudonyms.user(5)))
    assert vote is not None
    log.comment(vote, "这句话要消失")
    assert log.flush()
    assert "这句话要消失".encode() in contents(path)
    assert log.forget(5) == 0
    assert "这句话要消失".encode() not in contents(path)
    assert count(log) == 1
