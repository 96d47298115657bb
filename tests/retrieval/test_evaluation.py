from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from retrieval.errors import WenjuError
from retrieval.evaluation import evaluate

if TYPE_CHECKING:
    from pathlib import Path

PASSAGES = [
    {"id": "p1", "title": "茶业", "text": "全县茶园面积达到12万亩。" + "采摘从清明前后开始。" * 60},
    {"id": "p2", "title": "茶业", "text": "干茶产量3100吨。"},
    {"id": "p3", "title": "", "text": "公路全长35公里，隧道6座。"},
    {"id": "p4", "title": "", "text": "公路养护由公路段负责。"},
]
QUESTIONS = [
    {"id": "q1", "question": "茶园面积多少", "passage_ids": ["p1"], "answers": ["120000亩"], "numeric": True},
    {"id": "q2", "question": "公路全长", "passage_ids": ["p3"], "answers": ["35千米"], "numeric": True},
    {
        "id": "q3",
        "question": "谁负责公路养护",
        "passage_ids": ["p4"],
        "answers": ["公路段"],
        "numeric": False,
    },
    {"id": "q4", "question": "干茶产量", "passage_ids": ["p4"], "answers": ["9吨"], "numeric": True},
]


def judged_set(folder: Path, passages: list[dict[str, Any]], questions: list[dict[str, Any]]) -> Path:
    for name, rows in (("passages", passages), ("questions", questions)):
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


def test_shares_are_counted_over_the_questions(tmp_path: Path) -> None:
    """Three of four find their passage, two of three numeric ones their figure, however written."""
    measures = evaluate(judged_set(tmp_path, PASSAGES, QUESTIONS))
    assert measures["questions"] == 4
    assert measures["recall@1"] == 0.75
    assert measures["numeric_questions"] == 3
    assert measures["figure@1"] == measures["figure@3"] == pytest.approx(2 / 3)


def test_the_answers_can_be_scored_anew(tmp_path: Path) -> None:
    """Each line is what `wenju ask --json` prints, with the question's id; a passage is never split."""
    evaluate(judged_set(tmp_path, PASSAGES, QUESTIONS), answers=tmp_path / "answers.jsonl")
    rows = [
        json.loads(line) for line in (tmp_path / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert [row["id"] for row in rows] == ["q1", "q2", "q3", "q4"]
    assert rows[0]["paragraphs"][0]["id"] == "p1"
    assert rows[0]["paragraphs"][0]["text"] == PASSAGES[0]["text"]
    assert rows[0]["figures"][0]["text"] == "12万亩"
    assert rows[0]["figures"][0]["paragraph"] == "p1"


def test_an_empty_set_measures_nothing(tmp_path: Path) -> None:
    """No passages and no questions give shares of 0."""
    assert evaluate(judged_set(tmp_path, [], []))["recall@1"] == 0
    assert evaluate(judged_set(tmp_path, [], QUESTIONS))["recall@1"] == 0


@pytest.mark.parametrize(
    "content", [None, b"{", b"[1]\n", b"\xff\xfe\xff", b'{"title": "x"}\n', b'{"id": "x"}\n']
)
def test_a_broken_set_is_named(tmp_path: Path, content: bytes | None) -> None:
    """A missing, damaged or incomplete file is one clear line that names it."""
    judged_set(tmp_path, PASSAGES, QUESTIONS)
    path = tmp_path / "passages.jsonl"
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(WenjuError, match=r"passages\.jsonl"):
        evaluate(tmp_path)
