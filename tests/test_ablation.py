"""The ablation end to end, as `make ablation` starts it, on a set where each means finds an answer more."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from retrieval.evaluation import Options, evaluate
from retrieval.reranking import WEIGHTS

ROOT = Path(__file__).parent.parent
PLAIN = "rank-bm25, words of jieba"
FULL = "+ reranking: the full system"
PASSAGES = {
    "elsewhere": ("白沙", "停车不收费。"),
    "port": ("石塘", "港口在东头。"),
    "parking": ("石塘", "停车不收费。"),
    "scattered": ("", "茶园很大。管理很严。"),
    "together": ("", "镇上的茶园由供销社管理，戏台在桥边。"),
    "shop": ("", "布，盐，糖。"),
    "zone": ("", "自由贸易试验区临海。"),
}
QUESTIONS = {
    "盐": "shop",  # a word alone, without a bigram
    "糖": "shop",
    "供销": "together",  # a bigram alone, within a word
    "港口停车收费": "parking",  # the article has the port
    "茶园，管理": "together",
    "自贸区": "zone",  # the same in other words
    "火星": None,
}


@pytest.fixture
def judged(tmp_path: Path) -> Path:
    passages = [{"id": passage, "title": title, "text": text} for passage, (title, text) in PASSAGES.items()]
    questions = [
        {"id": text, "question": text, "passage_ids": [gold] if gold else [], "answers": [], "numeric": False}
        for text, gold in QUESTIONS.items()
    ]
    for name, rows in (("passages", passages), ("questions", questions)):
        lines = "".join(f"{json.dumps(row)}\n" for row in rows)
        (tmp_path / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path


def table(*arguments: str) -> dict[str, list[str]]:
    """The numbers of each row: recall@1 and @5 of the set, their mean, and what they lack of the full."""
    command = [sys.executable, "-m", "tests.benchmarks.ablation", *arguments]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    rows = [re.split(r"\s{2,}", line.strip()) for line in printed.splitlines()[1:]]
    return {name: [number for cell in cells for number in cell.split(" / ")] for name, *cells in rows}


def test_every_row_runs_the_retrieval_without_something(judged: Path) -> None:
    """Each means that is added finds more, each that is taken less; the full system is what is evaluated."""
    rows = table(str(judged))
    [evaluation] = evaluate([judged], None, Options(compare=True))
    assert evaluation.plain is not None
    for name, measures in {PLAIN: evaluation.plain, FULL: evaluation.measures}.items():
        assert rows[name][:2] == [f"{100 * (measures[f'recall@{k}'] or 0):.1f}" for k in (1, 5)]
    right = {name: round(float(cells[0]) * 6 / 100) for name, cells in rows.items()}
    assert right == {
        PLAIN: 2,
        "words": 2,
        "bigrams": 1,
        "words + bigrams": 3,
        "+ context": 4,
        "+ synonyms": 5,
        FULL: 6,
        **{f"without evidence: {name}": 6 for name in WEIGHTS},
        "without evidence: together": 5,
        "without context": 5,
        "without synonyms": 5,
    }
    assert rows["words"][2:] == [*rows["words"][:2], "-66.7", "-33.3"]
    assert rows[FULL][4:] == ["+0.0", "+0.0"]


def test_fewer_questions_are_drawn(judged: Path) -> None:
    """Of one question all or nothing is found."""
    drawn = table(str(judged), "--questions", "1")
    assert {cells[0] for cells in drawn.values()} == {"0.0", "100.0"}
