from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jieba
import pytest
from rank_bm25 import BM25Okapi

from retrieval.answer import answer
from retrieval.baseline import Baseline
from retrieval.errors import WenjuError
from retrieval.evaluation import Options, evaluate, evaluate_set, evaluate_votes, index_passages
from retrieval.judged_sets import JudgedQuestion, JudgedSet
from retrieval.measures import mean_of_sets
from retrieval.model import Paragraph
from retrieval.synonyms import read_synonyms

if TYPE_CHECKING:
    from pathlib import Path

    from retrieval.snapshot import Snapshot

PASSAGES = (
    Paragraph("p1", "set", 0, 0, "茶业", None, "全县茶园面积达到12万亩。" + "采摘从清明前后开始。" * 60),
    Paragraph("p2", "set", 0, 1, "茶业", None, "干茶产量3100吨。"),
    Paragraph("p3", "set", 1, 0, "", None, "公路全长35公里，隧道6座。"),
    Paragraph("p4", "set", 2, 0, "", None, "公路养护由公路段负责。"),
)
PORT = (Paragraph("s1", "set", 0, 0, "", None, "港口年吞吐量800万吨，泊位14个。"),)
ELSEWHERE = "，还有火星上面是不是有水源，大熊猫爱吃哪些饲料，轮渡末班船什么时刻离岸，剧院门票怎样预订"


def judged(question: str, gold: str | None, figure: str | None = None) -> JudgedQuestion:
    """A question, numeric where it has a figure, unanswerable where it has no gold paragraph."""
    ids = frozenset([gold] if gold else [])
    return JudgedQuestion(question, question, ids, (figure or "",), numeric=figure is not None)


QUESTIONS = (
    judged("茶园面积多少", "p1", "120000亩"),
    judged("公路全长", "p3", "35千米"),
    judged("谁负责公路养护", "p4"),
    judged("干茶产量", "p4", "9吨"),
)


def judged_set(*questions: JudgedQuestion) -> JudgedSet:
    return JudgedSet("set", PASSAGES, questions)


def write_set(folder: Path, passages: tuple[Paragraph, ...], questions: tuple[JudgedQuestion, ...]) -> Path:
    rows: dict[str, list[dict[str, Any]]] = {
        "passages": [{"id": p.id, "title": p.title, "text": p.text} for p in passages],
        "questions": [
            {
                "id": q.id,
                "question": q.question,
                "passage_ids": sorted(q.passage_ids),
                "answers": q.answers,
                "numeric": q.numeric,
            }
            for q in questions
        ],
    }
    folder.mkdir(exist_ok=True)
    for name, objects in rows.items():
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in objects)
        (folder / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return index_passages(PASSAGES, tmp_path_factory.mktemp("snapshot"), None)


def test_shares_are_counted_over_the_questions(corpus: Snapshot) -> None:
    """Three of four find their passage, two of three numeric ones their figure, however written."""
    measures = evaluate_set(corpus, judged_set(*QUESTIONS)).measures
    assert measures["questions"] == 4
    assert measures["recall@1"] == measures["mrr@10"] == 0.75
    assert measures["numeric_questions"] == 3
    assert measures["figure@1"] == measures["figure@3"] == pytest.approx(2 / 3)
    assert 0 < (measures["milliseconds_p50"] or 0) <= (measures["milliseconds_p95"] or 0)
    assert "refused" not in measures
    assert "foreign" not in measures


def test_unanswerable_questions_are_to_be_refused(corpus: Snapshot) -> None:
    """They count for no rank and no figure; of all that is refused, the precision tells what rightly was."""
    questions = [
        *QUESTIONS[:3],
        judged("火星上有水吗", None, "9亩"),
        judged("大熊猫吃什么", None),
        judged("公路养护由谁负责", None),
        judged("轮渡末班几点", "p3"),
    ]
    measures = evaluate_set(corpus, judged_set(*questions)).measures
    assert (measures["questions"], measures["unanswerable"], measures["numeric_questions"]) == (7, 3, 2)
    assert measures["recall@1"] == measures["found"] == 0.75
    assert measures["figure@1"] == 1
    assert measures["refused"] == pytest.approx(2 / 3)
    assert measures["not_found_precision"] == pytest.approx(2 / 3)


def test_each_corpus_is_asked_questions_of_the_others(tmp_path: Path) -> None:
    """Several sets show how many foreign questions each refuses; unanswerable ones are asked of nobody."""
    asked = (judged("港口泊位有几个", "s1"), judged("吞吐量", "s1"), judged("公路全长", "s1"))
    roads = write_set(tmp_path / "roads", PASSAGES, QUESTIONS)
    port = write_set(tmp_path / "port", PORT, (*asked, judged("火星上有水吗", None)))
    ours, other = evaluate([roads, port])
    assert (ours.name, other.name) == ("roads", "port")
    assert ours.measures["questions"] == 4
    assert ours.measures["foreign"] == 3
    assert ours.measures["foreign_refused"] == pytest.approx(2 / 3)
    assert other.measures["unanswerable"] == 1
    assert other.measures["foreign"] == 4
    assert other.measures["foreign_refused"] == 1


def test_plain_rank_bm25_is_asked_the_same(corpus: Snapshot) -> None:
    """It has its own measures; its words are jieba's, so it misses what only a normal form finds."""
    asked = judged_set(QUESTIONS[1], judged("乾茶產量", "p2"), judged("火星", None))
    evaluation = evaluate_set(corpus, asked, Options(compare=True))
    assert evaluation.measures["recall@1"] == 1
    assert evaluation.plain is not None
    assert evaluation.plain["recall@1"] == 0.5
    assert evaluation.plain.keys() == {
        *("recall@1", "recall@5", "recall@10", "mrr@10"),
        *("milliseconds", "milliseconds_p50", "milliseconds_p95"),
    }
    assert evaluate_set(corpus, asked).plain is None


def test_the_baseline_ranks_as_rank_bm25_does() -> None:
    """The best paragraph is the one that BM25Okapi scores highest on jieba's words of title and text."""
    passages = [*PASSAGES, *PORT]
    scores = BM25Okapi([jieba.lcut(f"{p.title}\n{p.text}") for p in passages]).get_scores(["茶园", "产量"])
    best = sorted(range(len(passages)), key=lambda row: -scores[row])
    assert Baseline(passages).search("茶园产量", 3) == [passages[row].id for row in best[:3]]
    assert Baseline([]).search("茶园", 3) == []


def test_a_miss_shows_what_each_term_added(corpus: Snapshot) -> None:
    """The right paragraph and the one that won are told with their terms and context: they make the score."""
    [miss] = evaluate_set(corpus, judged_set(*QUESTIONS), Options(errors=5)).misses
    assert miss.question == "干茶产量"
    assert miss.gold is not None
    assert (miss.gold.paragraph.id, miss.gold.rank, miss.gold.terms) == ("p4", None, ())
    assert miss.first is not None
    assert (miss.first.paragraph.id, miss.first.rank) == ("p2", 1)
    assert {"干茶", "产量"} <= {term for term, _ in miss.first.terms}
    added = [weight for _, weight in miss.first.terms]
    assert added == sorted(added, reverse=True)
    assert miss.first.score == pytest.approx(sum(added) + miss.first.rest)


def test_a_miss_agrees_with_the_answer(tmp_path: Path) -> None:
    """What came first, and the right one's rank, are the answer's, which reranks and knows synonyms."""
    texts = ("茶园管理办法。" * 6, "茶园在县城。面积见统计年鉴。", "茗圃面积12万亩。")
    passages = tuple(Paragraph(f"p{row}", "set", row, 0, "", None, text) for row, text in enumerate(texts))
    corpus = index_passages(passages, tmp_path, None)
    path = tmp_path / "synonyms.txt"
    path.write_text("茶园 => 茗圃\n", encoding="utf-8")
    synonyms = read_synonyms(path)
    for gold in ("p0", "p1"):
        asked = JudgedSet("set", passages, (judged("茶园面积多少", gold),))
        given = answer(corpus, "茶园面积多少", synonyms=synonyms)
        [miss] = evaluate_set(corpus, asked, Options(errors=1, synonyms=synonyms)).misses
        assert miss.first is not None
        assert miss.first.paragraph.id == "p2"
        assert (miss.first.paragraph, miss.first.score) == (given.hits[0].paragraph, given.hits[0].score)
        assert miss.gold is not None
        assert miss.gold.rank == asked.questions[0].rank(given)


def test_a_right_paragraph_far_down_has_its_rank(tmp_path: Path) -> None:
    """Beyond the answer's hits, and beyond what is reranked, ranks count on through the whole corpus."""
    passages = tuple(
        Paragraph(f"p{row}", "set", row, 0, "", None, "茶园面积。" + "采摘从清明前后开始。" * row)
        for row in range(30)
    )
    corpus = index_passages(passages, tmp_path, None)
    asked = JudgedSet("set", passages, (judged("茶园面积", "p14"), judged("茶园面积", "p27")))
    misses = evaluate_set(corpus, asked, Options(errors=2)).misses
    assert [(miss.gold.paragraph.id, miss.gold.rank) for miss in misses if miss.gold] == [
        ("p27", 28),
        ("p14", 15),
    ]


def test_the_worst_misses_come_first(corpus: Snapshot) -> None:
    """A paragraph that is not found at all is worse than a deep one, and that worse than a second one."""
    asked = judged_set(
        judged("公路隧道", "p4"),
        judged("公路养护，干茶", "p1"),
        judged("公路养护", "p1"),
        judged("公路全长", "elsewhere"),
        judged("干茶产量", "p2"),
        judged("公路", None),
    )
    misses = evaluate_set(corpus, asked, Options(errors=9)).misses
    ranks = [(miss.question, miss.gold.rank if miss.gold else "gone") for miss in misses]
    assert sorted(ranks[:2]) == [("公路全长", "gone"), ("公路养护", None)]
    assert misses[0].gap >= misses[1].gap
    assert ranks[2:] == [("公路养护，干茶", 4), ("公路隧道", 2)]
    assert evaluate_set(corpus, asked, Options(errors=1)).misses == misses[:1]
    assert evaluate_set(corpus, asked).misses == ()


def test_a_figure_that_is_not_first_is_a_miss(corpus: Snapshot) -> None:
    """What was shown stands beside the right answer; first come those whose paragraph was found."""
    asked = judged_set(
        *QUESTIONS, judged("公路全长多少公里", "p3", "6座"), judged("公路有多少公里", "p3", "36公里")
    )
    misses = evaluate_set(corpus, asked, Options(errors=5)).figure_misses
    assert [(miss.answers, miss.rank, miss.paragraph_rank) for miss in misses] == [
        (("36公里",), None, 1),
        (("9吨",), None, None),
        (("6座",), 2, 1),
    ]
    assert misses[0].shown is not None
    assert misses[0].shown.text == "35公里"


def test_the_answers_can_be_scored_anew(tmp_path: Path) -> None:
    """Each line is what `wenju ask --json` prints, with the question's id; a passage is never split."""
    answers = tmp_path / "answers.jsonl"
    list(evaluate([write_set(tmp_path, PASSAGES, QUESTIONS)], None, Options(answers=answers)))
    rows = [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in rows] == [judged.id for judged in QUESTIONS]
    assert rows[0]["paragraphs"][0]["id"] == "p1"
    assert rows[0]["paragraphs"][0]["text"] == PASSAGES[0].text
    assert rows[0]["figures"][0]["text"] == "12万亩"
    assert rows[0]["figures"][0]["paragraph"] == "p1"


def test_votes_are_asked_anew(corpus: Snapshot) -> None:
    """A liked paragraph should still be first, a disliked one no more; one that is gone counts apart."""
    up = [judged("干茶产量", "p2"), judged("公路养护由谁负责", "p3"), judged("干茶产量", "removed")]
    down = [
        judged("公路全长", "p3"),
        judged("公路全长", "p4"),
        judged(f"公路全长{ELSEWHERE}", "p3"),
        judged("公路全长", "removed"),
    ]
    evaluation = evaluate_votes(corpus, up, down, Options(errors=3, compare=True))
    counts = {name: evaluation.measures[name] for name in ("upvoted", "downvoted", "changed", "gone")}
    assert counts == {"upvoted": 2, "downvoted": 3, "changed": 2, "gone": 2}
    assert evaluation.measures["recall@1"] == 0.5
    assert evaluation.measures["recall@5"] == evaluation.measures["found"] == 1
    assert evaluation.measures["mrr@10"] == 0.75
    assert "questions" not in evaluation.measures
    assert [miss.question for miss in evaluation.misses] == ["公路养护由谁负责"]
    [(question, still)] = evaluation.disliked
    assert question == "公路全长"
    assert still is not None
    assert still.paragraph.id == "p3"
    assert evaluation.plain is not None
    assert evaluation.plain["recall@10"] == 1
    assert evaluate_votes(corpus, up, down).disliked == ()


def test_the_mean_is_of_the_sets_that_measure_it() -> None:
    """Every set counts alike, but a set without numeric questions says nothing of figures."""
    one = {"questions": 1, "recall@1": 0.5, "numeric_questions": 1, "figure@1": 0.5, "refused": 0.25}
    other = {"questions": 9, "recall@1": 1.0, "numeric_questions": 0, "figure@1": None}
    assert mean_of_sets([one, other]) == {"recall@1": 0.75, "figure@1": 0.5, "refused": 0.25}
    assert mean_of_sets([one, {"questions": 2, "recall@1": None}])["recall@1"] == 0.5
    assert mean_of_sets([]) == {}


def test_an_empty_corpus_finds_nothing(tmp_path: Path) -> None:
    """Shares are 0, also rank-bm25's, and the misses have no paragraph to show."""
    empty = index_passages((), tmp_path, None)
    evaluation = evaluate_set(empty, JudgedSet("set", (), QUESTIONS), Options(compare=True, errors=3))
    assert evaluation.measures["recall@1"] == 0
    assert evaluation.plain is not None
    assert evaluation.plain["recall@1"] == 0
    assert (evaluation.misses[0].gold, evaluation.misses[0].first) == (None, None)


def test_no_questions_measure_nothing(corpus: Snapshot) -> None:
    """Shares and times of nothing are None, and so are ranks where every question is to be refused."""
    measures = evaluate_set(corpus, judged_set()).measures
    counts = {"questions": 0, "numeric_questions": 0}
    assert measures == dict.fromkeys(measures) | counts
    unanswerable = evaluate_set(corpus, judged_set(judged("火星上有水吗", None)), Options(compare=True))
    assert unanswerable.measures["refused"] == 1
    for measured in (unanswerable.measures, unanswerable.plain or {}):
        assert (measured["recall@1"], measured["mrr@10"]) == (None, None)


def test_a_right_paragraph_must_be_in_the_set(tmp_path: Path) -> None:
    """A question whose passage_ids name a passage that is not there is told with the file and its id."""
    folder = write_set(tmp_path, PASSAGES, (*QUESTIONS, judged("渡口几班船", "p9")))
    with pytest.raises(WenjuError, match=r"questions\.jsonl: 问题 渡口几班船 .* p9"):
        list(evaluate([folder]))


@pytest.mark.parametrize(
    "content",
    [None, b"{", b"[1]\n", b"\xff\xfe\xff", b'{"title": "x"}\n', b'{"id": 1, "title": "", "text": ""}\n'],
)
def test_a_broken_set_is_named(tmp_path: Path, content: bytes | None) -> None:
    """A missing, damaged or incomplete file is one clear line that names it."""
    path = write_set(tmp_path, PASSAGES, QUESTIONS) / "passages.jsonl"
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(WenjuError, match=r"passages\.jsonl"):
        list(evaluate([tmp_path]))
