from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from bot.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

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


def test_ask_answers_in_words() -> None:
    """The figure comes first, then the paragraph with its source."""
    wenju("index")
    lines = wenju("ask", "茶园面积多少").stdout.splitlines()
    assert lines[0].startswith("12万亩")
    assert "全县茶园面积达到12万亩，种茶农户共8600户。" in lines
    assert any("茶业" in line and "tea.md" in line for line in lines)


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


def test_evaluate_prints_the_measures(workplace: Path) -> None:
    """The measures come as JSON or as a table, and the answers in a file."""
    passage = {"id": "p", "title": "茶业", "text": "茶园面积12万亩。"}
    question = {
        "id": "q",
        "question": "茶园面积",
        "passage_ids": ["p"],
        "answers": ["12万亩"],
        "numeric": True,
    }
    (workplace / "passages.jsonl").write_text(json.dumps(passage), encoding="utf-8")
    (workplace / "questions.jsonl").write_text(json.dumps(question), encoding="utf-8")
    result = wenju("evaluate", ".", "--json", "--answers", "answers.jsonl")
    measures = json.loads(result.stdout)
    assert (measures["questions"], measures["recall@1"], measures["figure@1"]) == (1, 1.0, 1.0)
    assert json.loads((workplace / "answers.jsonl").read_text(encoding="utf-8"))["id"] == "q"
    assert "recall@1" in wenju("evaluate", ".").stdout


def test_the_module_is_the_command() -> None:
    """`python -m bot` does what `wenju` does, in a process of its own, and asks without loading Telegram."""
    assert wenju("index").exit_code == 0
    code = "import sys, runpy; sys.argv = ['wenju', 'ask', '茶园面积']\n"
    code += "try: runpy.run_module('bot', run_name='__main__')\n"
    code += "finally: print('telegram' in sys.modules, file=sys.stderr)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "12万亩" in result.stdout
    assert result.stderr.strip().endswith("False")
