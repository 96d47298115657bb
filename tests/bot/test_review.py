"""The log's page served for real, in a process of its own, over a log that is being written."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from bot.log_database import QueryLogError
from bot.query_log import QueryLog
from bot.review import QUERIES, TABLES, AddressError, serve
from retrieval.model import Answer, Figure, Hit, Paragraph, Question

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PARAGRAPH = Paragraph("p-well", "well.md", 0, 0, "古井", "水量", "古井深30米，日出水5吨。")
ANSWER = Answer(
    Question("古井多深？", "古井多深?", ("古井", "深")),
    found=True,
    hits=(Hit(PARAGRAPH, 4.5),),
    figures=(Figure("30米", "measure", 30.0, "米", 3, 6, paragraph="p-well"),),
    stages={"search": 2.5},
)
NOT_FOUND = Answer(
    Question("<b>谁挖的", "<b>谁挖的", ("谁",)), found=False, hits=(), figures=(), stages={"search": 9.0}
)

SERVE = """
import sys
from pathlib import Path
from bot.review import serve
serve(Path(sys.argv[1]), port=0, ready=lambda address: print(address, flush=True))
"""


def record(log: QueryLog, answer: Answer, log_id: str) -> None:
    entry = log.entry_of(answer, asker_id=1, chat_id=1, chat_kind="private", language="zh", source="sandbox")
    log.record(replace(entry, id=log_id))
    assert log.flush()


@contextmanager
def served(path: Path) -> Iterator[httpx.Client]:
    """Serve the log in another process; its end by SIGINT is a clean one."""
    process = subprocess.Popen([sys.executable, "-c", SERVE, path], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    with process:
        address = process.stdout.readline().strip()
        with httpx.Client(base_url=address.rpartition("/")[0], timeout=20, trust_env=False) as client:
            yield client
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QueryLog]:
    """A log that stays open for writing, as the bot's is, while the page is served."""
    log = QueryLog.open(tmp_path_factory.mktemp("review") / "queries.db")
    record(log, ANSWER, "answered")
    record(log, ANSWER, "again")
    record(log, NOT_FOUND, "unanswered")
    log.vote("again", 1, "down")
    assert log.flush()
    yield log
    log.close()


@pytest.fixture(scope="module")
def page(log: QueryLog) -> Iterator[httpx.Client]:
    with served(log._path) as client:
        yield client


def rows(page: httpx.Client, query: str) -> list[dict[str, object]]:
    answer = page.get(f"/queries/{query}.json", params={"_shape": "array"})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, object]] = answer.json()
    return found


@pytest.mark.parametrize(
    ("query", "first", "count"),
    [
        ("latest", {"问题": "<b>谁挖的", "找到": "否", "数字": None}, 3),
        ("unanswered", {"问题": "<b>谁挖的", "次数": 1, "编号": "unanswered"}, 1),
        ("most_asked", {"问题": "古井多深？", "次数": 2, "人数": 1, "找到次数": 2}, 2),
        ("slowest", {"问题": "<b>谁挖的", "毫秒": 9.0, "各步": '{"search": 9.0}'}, 3),
        ("downvoted", {"问题": "古井多深？", "数字": "30米", "标题": "古井", "踩": 1, "编号": "again"}, 1),
    ],
)
def test_each_ready_query_answers(
    page: httpx.Client, query: str, first: dict[str, object], count: int
) -> None:
    """Each ready query has its page with a Chinese title, and the rows that its name promises."""
    html = page.get(f"/queries/{query}")
    assert html.status_code == 200
    assert QUERIES[query]["title"] in html.text
    found = rows(page, query)
    assert len(found) == count
    assert found[0].items() >= first.items()


def test_every_ready_query_is_tested() -> None:
    """The list above is the list of the ready queries, and each is on the front page."""
    assert set(QUERIES) == {"latest", "unanswered", "most_asked", "slowest", "downvoted"}


def test_the_front_page_lists_the_queries(page: httpx.Client) -> None:
    """The log's own page names every ready query and every table."""
    html = page.get("/queries").text
    assert all(query["title"] in html for query in QUERIES.values())
    assert all(f'href="/queries/{table}"' in html for table in TABLES)
    assert "问据" in page.get("/").text


@pytest.mark.parametrize("table", TABLES)
def test_every_table_opens(page: httpx.Client, table: str) -> None:
    """Each table opens with its Chinese title, its order and its facets."""
    html = page.get(f"/queries/{table}")
    assert html.status_code == 200
    assert TABLES[table]["title"] in html.text


def test_a_paragraph_is_one_click_from_its_hit(page: httpx.Client) -> None:
    """A ready query leads to the question, the question to its hits, a hit to its paragraph's text."""
    assert 'href="/queries/queries/again"' in page.get("/queries/downvoted").text
    assert "/queries/hits?query=again" in page.get("/queries/queries/again").text
    hits = page.get("/queries/hits", params={"query": "again"}).text
    assert 'href="/queries/paragraphs/p-well">古井</a>' in hits
    assert PARAGRAPH.text in page.get("/queries/paragraphs/p-well").text


def test_no_question_becomes_markup(page: httpx.Client) -> None:
    """A question's HTML is shown as text."""
    html = page.get("/queries/latest").text
    assert "&lt;b&gt;谁挖的" in html
    assert "<b>谁挖的" not in html


def test_what_the_bot_writes_is_there_at_the_next_look(page: httpx.Client, log: QueryLog) -> None:
    """The page reads the live log, not a copy."""
    before = len(rows(page, "slowest"))
    record(log, ANSWER, "fresh")
    assert len(rows(page, "slowest")) == before + 1


def test_a_follow_up_is_shown_as_it_was_read(page: httpx.Client, log: QueryLog) -> None:
    """The latest questions show both what was asked and how it was read."""
    followed = replace(ANSWER.question, text="那多深？", read_as="古井多深？")
    record(log, replace(ANSWER, question=followed), "followed")
    assert rows(page, "latest")[0].items() >= {"问题": "那多深？", "读作": "古井多深？"}.items()


def test_another_name_for_this_machine_is_refused(page: httpx.Client) -> None:
    """A website whose name was made to point here is shown nothing."""
    assert page.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_the_page_cannot_write(page: httpx.Client) -> None:
    """SQL typed into the page may read only."""
    answer = page.get("/queries.json", params={"sql": "DELETE FROM queries"})
    assert answer.status_code == 400
    assert len(rows(page, "latest")) >= 3


def test_a_missing_log_opens_empty(tmp_path: Path) -> None:
    """Before the first question the page opens, with no rows, and a bot started later can write."""
    path = tmp_path / "data" / "queries.db"
    with served(path) as page:
        assert rows(page, "latest") == []
        assert page.get("/queries").status_code == 200
        log = QueryLog.open(path)
        record(log, ANSWER, "first")
        assert len(rows(page, "latest")) == 1
        log.close()
        assert len(rows(page, "latest")) == 1


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    """A port in use is an error that names it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AddressError, match=str(port)) as caught:
            serve(tmp_path / "queries.db", port=port)
    assert caught.value.port == port


def test_a_file_that_is_no_log_is_one_clear_line(tmp_path: Path) -> None:
    """The page moves nothing aside: that is the bot's to do."""
    path = tmp_path / "queries.db"
    path.write_bytes(b"these are no rows" * 100)
    with pytest.raises(QueryLogError, match=r"queries\.db"):
        serve(path, port=0)
    assert [file.name for file in tmp_path.iterdir()] == ["queries.db"]
