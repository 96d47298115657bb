"""The log's page served for real, in a process of its own, over a log that is being written."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from bot.cli import main
from bot.log.database import QueryLogError, reading
from bot.log.query_log import QueryLog
from bot.review.charts import read_figures
from bot.review.pages import HEALTH, local, pieces
from bot.review.queries import QUERIES
from bot.review.server import AddressError, NoPasswordError, serve
from bot.review.tables import COLUMNS, SHOWN, TABLES
from retrieval.model import Answer, Figure, Hit, Paragraph, Question

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.phone import Phone

PARAGRAPH = Paragraph("p-well", "well.md", 0, 0, "古井", "水量", "古井深30米，日出水5吨。")
ANSWER = Answer(
    Question("古井多深？", "古井多深?", ("古井", "深")),
    found=True,
    hits=(Hit(PARAGRAPH, 4.5, answering=((0, 6),)),),
    figures=(Figure("30米", "measure", 30.0, "米", 3, 6, paragraph="p-well"),),
    stages={"search": 2.5},
)
NOT_FOUND = Answer(
    Question("<b>谁挖的", "<b>谁挖的", ("谁",)), found=False, hits=(), figures=(), stages={"search": 9.0}
)
WHO: dict[str, Any] = {
    "asker_id": 1,
    "chat_id": 1,
    "chat_kind": "private",
    "language": "zh",
    "source": "sandbox",
}

SERVE = """
import sys
from pathlib import Path
from bot.review.server import serve
_, path, host, password = sys.argv
serve(Path(path), host, 0, password=password or None, ready=lambda address: print(address, flush=True))
"""


def record(log: QueryLog, answer: Answer, log_id: str, *, ago: float = 0) -> None:
    """Log an answer of so many seconds `ago`."""
    entry = log.new_entry(answer, **WHO)
    log.record(replace(entry, id=log_id, at=entry.at - timedelta(seconds=ago)))
    assert log.flush()


@contextmanager
def served(path: Path, host: str = "127.0.0.1", password: str = "") -> Iterator[httpx.Client]:
    """Serve the log in another process; its end by SIGINT is a clean one."""
    command = [sys.executable, "-c", SERVE, str(path), host, password]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    with process:
        address = process.stdout.readline().strip().replace("0.0.0.0", "127.0.0.1")
        with httpx.Client(base_url=address.rpartition("/")[0], timeout=20, trust_env=False) as client:
            try:
                yield client
            finally:
                process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QueryLog]:
    """A log that stays open for writing, as the bot's is, while the page is served."""
    log = QueryLog.open(tmp_path_factory.mktemp("review") / "queries.db")
    record(log, ANSWER, "answered", ago=0.2)
    record(log, ANSWER, "again", ago=0.1)
    record(log, NOT_FOUND, "unanswered")
    log.vote("again", 1, "down", reason="figure")
    assert log.flush()
    yield log
    log.close()


@pytest.fixture(scope="module")
def page(log: QueryLog) -> Iterator[httpx.Client]:
    with served(log._path) as client:
        yield client


def rows(page: httpx.Client, query: str, **given: str) -> list[dict[str, object]]:
    answer = page.get(f"/queries/{query}.json", params={"_shape": "array", **given})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, object]] = answer.json()
    return found


READY = [
    ("latest", {"问题": "<b>谁挖的", "结果": "没找到", "数字": None}, 3),
    ("unanswered", {"问题": "<b>谁挖的", "次数": 1, "人数": 1, "编号": "unanswered"}, 1),
    ("most_asked", {"问题": "古井多深？", "次数": 2, "人数": 1, "找到次数": 2}, 2),
    ("slowest", {"问题": "<b>谁挖的", "毫秒": 9.0, "各步": '{"search": 9.0}'}, 3),
    ("downvoted", {"问题": "古井多深？", "名次": 1, "理由": "数字不对", "标题": "古井", "编号": "again"}, 1),
    ("articles", {"文件": "well.md", "标题": "古井", "居首次数": 2, "命中次数": 2, "段落数": 1}, 1),
]


@pytest.mark.parametrize(("query", "first", "count"), READY)
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
    """The list above, with the three that ask for something, is the list of the ready queries."""
    assert set(QUERIES) == {query for query, _, _ in READY} | {"asker", "word", "by_day"}


def test_days_add_up_and_lead_to_their_questions(page: httpx.Client) -> None:
    """The days count every question, and a day's link lists exactly those it counts."""
    days = rows(page, "by_day", since="")
    assert sum(int(str(day["提问"])) for day in days) == 3
    assert sum(int(str(day["找到"])) for day in days) == 2
    assert days[0]["p95（毫秒）"] == 9.0
    links = re.findall(r'href="([^"]*at__gte[^"]*)"', page.get("/queries/by_day?since=").text)
    for day, link in zip(days, links, strict=True):
        assert f"{day['提问']} 行" in page.get(unescape(link)).text


def test_the_days_can_begin_later(page: httpx.Client) -> None:
    """Days before the one that is given are left out."""
    assert rows(page, "by_day", since="9999-01-01") == []


def test_questions_of_a_word(page: httpx.Client) -> None:
    """A word finds the questions that hold it, in any case; no word finds none."""
    assert [row["编号"] for row in rows(page, "word", word="<B>")] == ["unanswered"]
    assert rows(page, "word", word="") == []


def test_questions_of_one_asker(page: httpx.Client, log: QueryLog) -> None:
    """A question's page leads to all that the same person asked, and to nobody else's."""
    link = re.search(r'href="([^"]*asker=[^"]*)"', page.get("/queries/queries/again").text)
    assert link
    assert "3 行" in page.get(unescape(link[1])).text
    assert rows(page, "asker", asker=log.new_entry(ANSWER, **{**WHO, "asker_id": 2}).asker) == []


def test_the_front_page_lists_the_queries(page: httpx.Client) -> None:
    """The log's own page names every ready query and every table."""
    html = page.get("/queries").text
    assert all(query["title"] in html for query in QUERIES.values())
    assert all(f'href="/queries/{table}"' in html for table in TABLES)
    assert page.get("/").headers["location"] == "/queries"


@pytest.mark.parametrize("table", TABLES)
def test_every_table_opens(page: httpx.Client, table: str) -> None:
    """Each table opens with its Chinese title, its order and its facets."""
    html = page.get(f"/queries/{table}")
    assert html.status_code == 200
    assert TABLES[table]["title"] in html.text


@pytest.mark.parametrize("table", TABLES)
def test_the_columns_are_those_of_the_log(page: httpx.Client, table: str) -> None:
    """Every column has a Chinese name, and every column that a list shows is there."""
    columns = page.get(f"/queries/{table}.json").json()["columns"]
    assert set(columns) <= COLUMNS.keys()
    assert set(SHOWN[table]) <= set(columns)


def test_questions_can_be_narrowed_by_what_was_found(page: httpx.Client) -> None:
    """The list offers found and not found by name, and the link leads to just these."""
    html = page.get("/queries/queries").text
    offered = re.findall(r'<a href="([^"]*found=0[^"]*)">没找到 <i>(\d+)</i>', html)
    assert [count for _, count in offered] == ["1"]
    assert "1 行" in page.get(unescape(offered[0][0])).text


def test_a_question_shows_its_answer_at_once(page: httpx.Client) -> None:
    """A question's page has its paragraphs in full with the answering sentence marked, figures and votes."""
    assert 'href="/queries/queries/again"' in page.get("/queries/downvoted").text
    html = page.get("/queries/queries/again").text
    assert "<mark>古井深30米</mark>，日出水5吨。" in html
    assert "<b>30米</b>" in html
    assert "数字不对" in html
    assert 'href="/queries/paragraphs/p-well">古井</a>' in html


def test_a_paragraph_leads_back_to_its_questions(page: httpx.Client) -> None:
    """A paragraph's page has its text, and the questions that it was shown for."""
    html = page.get("/queries/paragraphs/p-well").text
    assert PARAGRAPH.text in html
    assert 'href="/queries/queries/again"' in html
    assert 'href="/queries/queries/answered"' in html


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The page over a log in which everything that somebody wrote is out to be markup."""
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>' + "长" * 3000
    log = QueryLog.open(tmp_path_factory.mktemp("hostile") / "queries.db")
    paragraph = replace(PARAGRAPH, title=evil, section=evil, text=evil, document=evil)
    figure = replace(ANSWER.figures[0], text=evil, metric=evil, period=evil)
    question = Question(evil, evil, (evil,), read_as=evil)
    answer = replace(
        ANSWER, question=question, hits=(Hit(paragraph, 1.0),), figures=(figure,), suggestion=evil
    )
    log.record(replace(log.new_entry(answer, **{**WHO, "language": evil, "chat_kind": evil}), id="evil"))
    log.vote("evil", 1, "down", reason="other", prompt=1)
    assert log.flush()
    vote = log.prompted(1, 1, 1)
    assert vote
    log.comment(vote, evil)
    assert log.flush()
    with served(log._path) as client:
        yield client
    log.close()


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/queries/evil",
        "/paragraphs/p-well",
        *(f"/{table}" for table in TABLES),
        *(f"/{query}?word=长&since=" for query in QUERIES),
        "?sql=SELECT+question+AS+问题,+id+AS+编号,+terms+AS+日期,+normal+AS+结果+FROM+queries",
        "/nothing~3Cscript~3E",
    ],
)
def test_nothing_that_was_written_becomes_markup(hostile: httpx.Client, path: str) -> None:
    """No page has a script or an image, whatever was asked, and the browser is told to run none."""
    answer = hostile.get(f"/queries{path}")
    assert answer.status_code == (404 if "nothing" in path else 200)
    assert "<script" not in answer.text
    assert "<img" not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src")


def test_a_long_question_is_short_in_a_list_and_whole_on_its_page(hostile: httpx.Client) -> None:
    """A list shows the beginning of a very long question; its own page shows all of it."""
    assert "长" * 200 not in hostile.get("/queries/queries").text
    assert "长" * 3000 in hostile.get("/queries/queries/evil").text


def test_the_charts_count_what_was_asked(tmp_path: Path) -> None:
    """The charts have thirty days and all hours, and their bars add up."""
    log = QueryLog.open(tmp_path / "queries.db")
    record(log, ANSWER, "answered")
    record(log, NOT_FOUND, "unanswered")
    log.close()
    with reading(tmp_path / "queries.db") as db:
        figures = read_figures(db.conn)
    days, found, p95, hours = figures.columns
    assert [len(chart.bars) for chart in figures.columns] == [30, 30, 30, 24]
    for chart in (days, hours, figures.rows[0]):
        asked = [re.fullmatch(r".+：(\d+) 问，找到 (\d+)", bar.said) for bar in chart.bars]
        assert [sum(int(match[part]) for match in asked if match) for part in (1, 2)] == [2, 1]
        assert max(bar.size for bar in chart.bars) == 1.0
    assert all(0 <= bar.inner <= bar.size <= 1 for chart in figures.columns for bar in chart.bars)
    assert found.top == "顶端 100%"
    assert p95.top == "顶端 9 毫秒"
    assert [value for _, value in figures.cards] == ["2", "50%", "1", "9 毫秒", "0", "0"]


def test_the_front_page_draws_the_charts(page: httpx.Client) -> None:
    """Every bar is drawn, those of a day as a link to its questions."""
    html = page.get("/queries").text
    assert html.count('class="reach"') == 30 * 3 + 24
    assert html.count("at__gte") == 30 * 3


@given(
    st.text(max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).map(sorted), max_size=5)
)
def test_marking_loses_no_character(text: str, spans: list[list[int]]) -> None:
    """Whatever the spans, the pieces are the text, and what is marked is what lies in a span."""
    cut = list(pieces(text, [(start, end) for start, end in spans]))
    assert "".join(piece for piece, _ in cut) == text
    marked = [inside for piece, inside in cut for _ in piece]
    assert marked == [any(start <= at < end for start, end in spans) for at in range(len(text))]


@given(st.text())
def test_what_is_no_time_stays_as_it_is(text: str) -> None:
    """No text in the place of a time breaks the page."""
    assert local(f"x{text}") == f"x{text}"


async def test_on_a_phone_a_question_leads_to_its_paragraph(page: httpx.Client, phone: Phone) -> None:
    """On a phone nothing runs over the side, and two taps lead from the list to the paragraph."""
    phone.complaints()
    for path in ("", "/queries", "/latest", "/overview", "/downvoted"):
        await asyncio.to_thread(phone.chrome.get, str(page.base_url.join(f"/queries{path}")))
        assert await phone.run("return document.documentElement.scrollWidth <= innerWidth")
    await phone.tap("td.lead a")
    await phone.sees("古井深30米", "mark")
    await phone.tap("article h3 a")
    await phone.sees("用到它的提问")
    await phone.sees(PARAGRAPH.text)
    await phone.tap(".asked a")
    await phone.sees("命中的段落")
    assert phone.complaints() == []


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


def test_the_page_waits_for_no_writer(page: httpx.Client, log: QueryLog) -> None:
    """While the bot is in the middle of writing the page is served, as the log was before."""
    writer = sqlite3.connect(log._path)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM figures")
    assert "<b>30米</b>" in page.get("/queries/queries/again").text
    writer.rollback()
    writer.close()


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


def test_a_page_for_others_needs_a_password(tmp_path: Path) -> None:
    """On an address that others reach the page is refused before anything is opened."""
    with pytest.raises(NoPasswordError, match="WENJU_REVIEW_PASSWORD") as caught:
        serve(tmp_path / "queries.db", "0.0.0.0", 0)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_in_one_line_that_a_password_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`wenju review --host 0.0.0.0` ends with one line and status 1."""
    monkeypatch.chdir(tmp_path)  # away from a developer's own .env
    monkeypatch.delenv("WENJU_REVIEW_PASSWORD", raising=False)
    done = CliRunner().invoke(main, ["review", "--host", "0.0.0.0", "--port", "0"])
    assert done.exit_code == 1
    assert "WENJU_REVIEW_PASSWORD" in done.output
    assert len(done.output.splitlines()) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_with_a_password_nothing_is_shown_without_it(tmp_path: Path, host: str) -> None:
    """With a password every path asks for it, on this machine too; only the health check does not."""
    with served(tmp_path / "queries.db", host, "芝麻开门:1") as page:
        for path in ("/", "/queries", "/queries/latest.json", "/review/review.css", "/-/versions.json"):
            refused = page.get(path)
            assert refused.status_code == 401
            assert refused.headers["www-authenticate"].startswith("Basic ")
        assert page.get(HEALTH).text == "ok"
        assert page.get(f"{HEALTH}/").status_code == 401
        assert page.get("/queries", auth=("anyone", "芝麻开门:1")).status_code == 200
        assert page.get("/queries", auth=("", "芝麻")).status_code == 401
