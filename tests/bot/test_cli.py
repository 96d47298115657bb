from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, cast

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from bot.cli import main
from bot.log.query_log import QueryLog
from bot.settings import load
from bot.state.curation import Curation
from bot.state.database import StateDatabase
from retrieval.answer import answer
from retrieval.index import Index

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from bot.log.entry import Verdict

ARTICLE = "# 茶业\n\n全县茶园面积达到12万亩，种茶农户共8600户。\n\n干茶产量3100吨，比上年增长7.5%。\n"


@pytest.fixture(autouse=True)
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in with one article, and no setting from outside."""
    for name in [name for name in os.environ if name.startswith("WENJU_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "tea.md").write_text(ARTICLE, encoding="utf-8")
    return tmp_path


def wenju(*arguments: str, given: bytes | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=given)


def test_index_tells_what_was_read_and_skipped(workplace: Path) -> None:
    """The report counts files, articles, paragraphs and figures, and names what was skipped and why."""
    (workplace / "seeds" / "empty.txt").touch()
    result = wenju("index")
    assert result.exit_code == 0
    assert "2 个文件：读取 1" in result.stdout
    assert "1 篇文章，2 个段落，4 个数据" in result.stdout
    assert "跳过 empty.txt: 空文件" in result.stdout


def test_index_takes_a_folder(workplace: Path) -> None:
    """The folder named on the command line is indexed instead of the setting's."""
    (workplace / "other").mkdir()
    (workplace / "other" / "a.txt").write_text("渡口每天开船六班。", encoding="utf-8")
    assert "1 篇文章，1 个段落" in wenju("index", "other").stdout
    assert "渡口每天开船六班。" in wenju("ask", "渡口几班船").stdout


def test_index_says_what_it_has_replaced(workplace: Path) -> None:
    """Another folder than before is no slip that goes unseen."""
    assert "原来索引的是" not in wenju("index").stdout
    (workplace / "other").mkdir()
    told = wenju("index", "other").stdout
    assert "移除 1" in told
    assert f"原来索引的是 {(workplace / 'seeds').resolve()}" in told


@pytest.mark.parametrize("until", ["BUILDING", "*/LOCK", "*/dictionary.json"])
def test_index_that_is_interrupted(workplace: Path, until: str) -> None:
    """Ctrl-C, which goes to all processes of a terminal, is answered in two lines, however far it has got."""
    (workplace / "seeds" / "long.txt").write_text("全县茶园面积达到12万亩。\n" * 200_000, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "index"], stderr=subprocess.PIPE, text=True, process_group=0
    )
    snapshots = workplace / "data" / "snapshots"
    deadline = time.monotonic() + 60
    while not list(snapshots.glob(until)) and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.split() == ["没读完的，再运行时接着读", "已中断"]
    assert not (snapshots / "CURRENT").exists()


def test_an_empty_question_is_a_slip() -> None:
    """Nothing to look for is told before anything is looked for."""
    result = wenju("ask", " ")
    assert result.exit_code == 2
    assert "请写出问题" in result.stderr


def test_ask_answers_in_words() -> None:
    """The figure comes first, then the paragraph with its source."""
    wenju("index")
    lines = wenju("ask", "茶园面积多少").stdout.splitlines()
    assert lines[0].startswith("12万亩")
    assert "全县茶园面积达到12万亩，种茶农户共8600户。" in lines
    assert any("茶业" in line and "tea.md" in line for line in lines)


def test_ask_knows_the_users_synonyms(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A word of the user's file finds what it means without a new index; a bad line is told in one line."""
    wenju("index")
    assert "未找到" in wenju("ask", "茗圃").stdout
    (workplace / "synonyms.txt").write_text("茗圃 => 茶园面积\n", encoding="utf-8")
    monkeypatch.setenv("WENJU_SYNONYMS", "synonyms.txt")
    found = json.loads(wenju("ask", "--json", "茗圃").stdout)
    assert "茶园面积达到12万亩" in found["paragraphs"][0]["text"]
    (workplace / "synonyms.txt").write_text("茗圃\n", encoding="utf-8")
    failed = wenju("ask", "茗圃")
    assert failed.exit_code == 1
    assert "synonyms.txt: 第 1 行" in failed.stderr


def test_ask_prints_the_whole_list(workplace: Path) -> None:
    """A list that was asked for is printed over the end of its paragraph."""
    listed = "# 补贴\n\n补贴要交以下材料：\n\n（一）申请表；\n\n（二）合同；\n\n（三）照片。\n"
    (workplace / "seeds" / "subsidy.md").write_text(listed, encoding="utf-8")
    wenju("index")
    lines = wenju("ask", "--limit", "1", "补贴要交哪些材料").stdout.splitlines()
    assert lines[:4] == ["补贴要交以下材料：", "（一）申请表；", "（二）合同；", "（三）照片。"]
    assert lines[4].startswith("—— 补贴")


def test_ask_prints_a_course(workplace: Path) -> None:
    """A question for a course prints a line a period with its sources by number, and says what conflicts."""
    texts = {
        "a": "云岭县茶园面积2019年为9万亩，2020年为10万亩，2021年为11万亩。",
        "b": "2020年，云岭县茶园面积10.4万亩。",
    }
    for name, text in texts.items():
        (workplace / "seeds" / f"{name}.md").write_text(f"# 茶园{name}\n\n{text}\n", encoding="utf-8")
    wenju("index")
    lines = wenju("ask", "历年茶园面积").stdout.splitlines()
    assert lines[:7] == [
        "云岭 · 茶园面积（万亩）",
        "2019  9 [1]",
        "2020  10.4 [2] ／ 10 [1]  ⚠ 说法不一",
        "2021  11 [1]",
        "[1] 茶园a（a.md）",
        "[2] 茶园b（b.md）",
        "",
    ]


def test_ask_prints_nothing_twice(workplace: Path) -> None:
    """A copy and an item of a list that is printed already take no place of `--limit`; JSON has all hits."""
    listed = "# 补贴\n\n补贴要交以下材料：\n\n（一）补贴申请表；\n\n（二）补贴合同。\n"
    for name in ("subsidy", "copy"):
        (workplace / "seeds" / f"{name}.md").write_text(listed, encoding="utf-8")
    wenju("index")
    printed = wenju("ask", "--limit", "10", "补贴要交哪些材料").stdout.splitlines()
    assert printed.count("补贴要交以下材料：") == printed.count("（一）补贴申请表；") == 1
    given = json.loads(wenju("ask", "--json", "--limit", "1", "补贴要交哪些材料").stdout)
    assert len(given["paragraphs"]) == 4


def test_ask_gives_what_was_checked_first() -> None:
    """A paragraph that an admin has chosen for the question comes first, and says so."""
    wenju("index")
    settings = load()
    state = StateDatabase.open(settings.state)
    paragraph = Index(settings.snapshots).current().at(1)[0]
    Curation(state).pin("夜里能喝茶吗", paragraph)
    state.close()
    lines = wenju("ask", "请问夜里能喝茶吗？").stdout.splitlines()
    assert lines[0] == paragraph.text
    assert lines[1].endswith("已由管理员核对")
    assert json.loads(wenju("ask", "--json", "夜里能喝茶吗").stdout)["paragraphs"][0]["checked"] is True
    assert "未找到" in wenju("ask", "夜里能喝酒吗").stdout


def test_ask_answers_in_json() -> None:
    """The JSON object has the keys that programs rely on."""
    wenju("index")
    given = json.loads(wenju("ask", "--json", "茶园面积多少").stdout)
    assert {"question", "found", "figures", "paragraphs", "pictures", "milliseconds"} <= given.keys()
    assert given["found"] is True
    assert given["figures"][0] | {"paragraph": given["paragraphs"][0]["id"]} == given["figures"][0]
    assert {"text", "value", "unit", "metric", "period"} <= given["figures"][0].keys()
    assert (given["figures"][0]["value"], given["figures"][0]["unit"]) == (120_000, "亩")
    assert {"id", "document", "title", "section", "text", "score"} <= given["paragraphs"][0].keys()
    assert given["paragraphs"][0]["document"] == "tea.md"


def test_ask_reads_questions_from_standard_input() -> None:
    """A line in, a JSON line out, blank ones passed over, whatever the bytes are."""
    wenju("index")
    result = wenju("ask", "-", given="茶园面积\n\n火星上有水吗\n".encode() + b"\xff\xfe\n")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["found"] for row in rows] == [True, False, False]


def test_a_slip_is_told() -> None:
    """A question with a slip is answered as it stands, and the one that may be meant is printed last."""
    wenju("index")
    assert wenju("ask", "茶园面机多少").stdout.splitlines()[-1] == "您是不是想问：茶园面积多少"
    assert json.loads(wenju("ask", "--json", "茶园面机多少").stdout)["suggestion"] == "茶园面积多少"
    assert "您是不是想问" not in wenju("ask", "茶园面积多少").stdout


def test_an_honest_not_found() -> None:
    """Nothing is shown as an answer where there is none."""
    wenju("index")
    assert wenju("ask", "火星上有水吗").stdout.strip() == "未找到能回答这个问题的内容。"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ask", "茶园"], "还没有索引"),
        (["index", "nowhere"], "文件夹不存在"),
        (["evaluate", "nowhere"], "无法读取"),
        (["logs"], "还没有查询日志"),
        (["logs", "--format", "xlsx", "--output", "log.xlsx"], "还没有查询日志"),
        (["logs", "--format", "csv", "--output", "log.csv"], "还没有查询日志"),
        (["health"], "没有"),
    ],
)
def test_errors_are_one_clear_line(arguments: list[str], words: str) -> None:
    """What cannot be done is said in one line, with a status other than 0."""
    result = wenju(*arguments)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert words in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_health_for_machines() -> None:
    """The health of a bot that does not run is one JSON object, with the status of one that is unwell."""
    result = wenju("health", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["well"] is False


@pytest.mark.parametrize("name", ["WENJU_ADMINS", "WENJU_API_URL", "WENJU_TOKEN_FILE", "WENJU_DOCUMENTS"])
def test_a_token_in_the_wrong_setting_is_not_shown(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Where the token was given as another setting, the error names the setting and hides the token."""
    token = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-pa"
    monkeypatch.setenv(name, token)
    result = wenju("index")
    assert result.exit_code == 1
    assert "<token>" in result.stderr
    assert token not in result.output


@pytest.mark.parametrize(
    ("name", "value"),
    [("WENJU_ADMINS", "me"), ("WENJU_SANDBOX_PORT", "high"), ("WENJU_TOKEN_FILE", "/nowhere/token")],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """A setting that cannot be taken is one line with its name."""
    monkeypatch.setenv(name, value)
    result = wenju("index")
    assert result.exit_code == 1
    assert name in result.stderr


def write_set(folder: Path, text: str, question: str, answer: str) -> None:
    """A judged set of one passage and one numeric question."""
    folder.mkdir()
    passage = {"id": "p", "title": "", "text": text}
    judged = {"id": "q", "question": question, "passage_ids": ["p"], "answers": [answer], "numeric": True}
    (folder / "passages.jsonl").write_text(json.dumps(passage), encoding="utf-8")
    (folder / "questions.jsonl").write_text(json.dumps(judged), encoding="utf-8")


def test_evaluate_measures_a_set(workplace: Path) -> None:
    """One set is one JSON object without a name, and the answers go into a file."""
    write_set(workplace / "tea", "茶园面积12万亩。", "茶园面积", "12万亩")
    result = wenju("evaluate", "tea", "--json", "--compare", "--answers", "answers.jsonl")
    measures = json.loads(result.stdout)
    assert (measures["questions"], measures["recall@1"], measures["figure@1"]) == (1, 1.0, 1.0)
    assert measures["plain"]["recall@1"] == 1.0
    assert "set" not in measures
    assert json.loads((workplace / "answers.jsonl").read_text(encoding="utf-8"))["id"] == "q"


def test_evaluate_measures_several_sets(workplace: Path) -> None:
    """Each set is a JSON object a line with its name, or a row of a table above the means."""
    write_set(workplace / "茶业", "茶园面积12万亩。", "茶园面积", "12万亩")
    write_set(workplace / "roads", "公路全长35公里。", "公路全长", "36公里")
    rows = [json.loads(line) for line in wenju("evaluate", "茶业", "roads", "--json").stdout.splitlines()]
    assert [(row["set"], row["figure@1"], row["foreign_refused"]) for row in rows] == [
        ("茶业", 1.0, 1.0),
        ("roads", 0.0, 1.0),
    ]
    printed = wenju("evaluate", "茶业", "roads", "--errors", "1").stdout
    assert [line.split()[0] for line in printed.splitlines()[:4]] == ["questions", "茶业", "roads", "mean"]
    assert "应是：36公里（没有列出，段落排第 1）" in printed


def test_evaluate_measures_the_votes(workplace: Path) -> None:
    """A liked answer's paragraph is the right one for its question, asked of the index in use."""
    wenju("index")
    index = Index(workplace / "data" / "snapshots")
    log = QueryLog.open(workplace / "data" / "queries.db")
    for question, verdict in (("茶园面积多少", "up"), ("干茶产量", "down")):
        given = answer(index.current(), question)
        entry = log.new_entry(
            given, asker_id=1, chat_id=1, chat_kind="private", language="zh", source="sandbox"
        )
        log.record(entry)
        log.vote(entry.id, 1, cast("Verdict", verdict))
    log.close()
    measures = json.loads(wenju("evaluate", "--log", "--json").stdout)
    assert (measures["upvoted"], measures["recall@1"]) == (1, 1.0)
    assert (measures["downvoted"], measures["changed"], measures["gone"]) == (1, 0, 0)
    (workplace / "seeds" / "tea.md").write_text("渡口每天开船六班。", encoding="utf-8")
    wenju("index")
    assert json.loads(wenju("evaluate", "--log", "--json").stdout)["gone"] == 2
    assert wenju("evaluate", "--log").stdout.splitlines()[1].split()[0] == "log"


def test_the_log_goes_to_a_file(workplace: Path) -> None:
    """`--output` takes any form of the log; a workbook, which no terminal shows, needs it."""
    wenju("index")
    log = QueryLog.open(workplace / "data" / "queries.db")
    given = answer(Index(workplace / "data" / "snapshots").current(), "茶园面积多少")
    log.record(
        log.new_entry(given, asker_id=1, chat_id=1, chat_kind="private", language="zh", source="sandbox")
    )
    log.close()
    assert wenju("logs", "--format", "xlsx", "--output", "log.xlsx").exit_code == 0
    (row,) = load_workbook(workplace / "log.xlsx").worksheets[0].iter_rows(min_row=2, values_only=True)
    assert "茶园面积多少" in row
    wenju("logs", "--format", "csv", "--output", "log.csv")
    assert (workplace / "log.csv").read_text(encoding="utf-8") == wenju("logs", "--format", "csv").stdout
    refused = wenju("logs", "--format", "xlsx")
    assert refused.exit_code == 2
    assert "--output" in refused.stderr


def test_no_votes_measure_nothing(workplace: Path) -> None:
    """Without votes a share is no number, in JSON null and in the table a dash."""
    wenju("index")
    QueryLog.open(workplace / "data" / "queries.db").close()
    measures = json.loads(wenju("evaluate", "--log", "--json").stdout)
    assert (measures["upvoted"], measures["recall@1"], measures["found"]) == (0, None, None)
    assert wenju("evaluate", "--log").stdout.splitlines()[1].split()[:3] == ["log", "0", "–"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "FOLDER"),
        (["tea", "--log"], "--log"),
        (["tea", "roads", "--answers", "answers.jsonl"], "--answers"),
        (["--log", "--answers", "answers.jsonl"], "--answers"),
        (["tea", "--json", "--errors", "3"], "--errors"),
    ],
)
def test_evaluate_refuses_what_does_not_go_together(arguments: list[str], words: str) -> None:
    """Options that exclude each other, or nothing to measure on, are told as wrong usage."""
    result = wenju("evaluate", *arguments)
    assert result.exit_code == 2
    assert words in result.stderr.splitlines()[-1]
    assert result.stdout == ""


def test_a_reader_that_has_read_enough() -> None:
    """A pipe that is closed before the end, as by `head`, is no error to speak of."""
    assert wenju("index").exit_code == 0
    asking = subprocess.Popen(
        [sys.executable, "-m", "bot", "ask", "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert asking.stdin
    assert asking.stdout
    assert asking.stderr
    asking.stdin.write("茶园面积\n")
    asking.stdin.flush()
    assert "12万亩" in asking.stdout.readline()
    asking.stdout.close()
    asking.stdin.write("茶园面积\n" * 50)
    asking.stdin.close()
    assert asking.stderr.read() == ""
    asking.stderr.close()
    asking.wait()


def test_the_module_is_the_command() -> None:
    """`python -m bot` does what `wenju` does, in a process of its own, and asks without loading Telegram."""
    assert wenju("index").exit_code == 0
    code = "import sys, runpy; sys.argv = ['wenju', 'ask', '茶园面积']\n"
    code += "try: runpy.run_module('bot', run_name='__main__')\n"
    code += "finally: print('telegram' in sys.modules, file=sys.stderr)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "12万亩" in result.stdout
    assert result.stderr.strip().endswith("False")
