from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.answer import understand
from retrieval.evaluation import index_passages
from retrieval.model import Paragraph, Question
from retrieval.reranking import WEIGHTS, Candidate, evidence, rerank, seek

if TYPE_CHECKING:
    from pathlib import Path

    from retrieval.dictionary import Dictionary
    from retrieval.reranking import Sought

AFAR = "山路弯弯，两旁种着樱桃和核桃。" * 8  # nothing of the questions, and longer than a beginning
TEXTS = st.text() | st.text("茶市镇产量多少二〇零十年2021.，。？\n İ")


def sought(question: str, idf: dict[str, float], characters: str = "") -> Sought:
    """A question with its terms' idf; `characters` are those that the corpus knows, all equally rare."""
    return seek(Question(question, question, tuple(idf)), idf, dict.fromkeys(characters, 1.0))


def differing(question: Sought, better: Candidate, worse: Candidate) -> set[str]:
    """The evidence in which they differ, once it is certain that the better one is ranked first."""
    highest, lower = rerank(question, [better, worse])
    assert highest > lower
    highest = max(better.score, worse.score)
    first, second = (evidence(question, candidate, highest) for candidate in (better, worse))
    assert first.keys() == second.keys() == WEIGHTS.keys()
    return {name for name in WEIGHTS if first[name] != second[name]}


def test_one_sentence_that_holds_all_beats_scattered_words() -> None:
    """Equal words in an equal place count more where one sentence says them together."""
    question = sought("茶市由谁管理", {"茶市": 2.0, "管理": 1.0}, "茶市由管理")
    together = Candidate("", "茶市由供销社管理。樱桃熟了。", 5.0)
    scattered = Candidate("", "茶市在镇东头。学校由县里管理。", 5.0)
    assert differing(question, together, scattered) == {"together"}


def test_the_heading_counts_along_with_every_sentence() -> None:
    """What the title says need not be said again in the sentence."""
    question = sought("茶市由谁管理", {"管理": 1.0}, "茶市由管理")
    titled = Candidate("石塘茶市", "摊位由供销社管理。", 5.0)
    assert differing(question, titled, Candidate("石塘", "摊位由供销社管理。", 5.0)) == {"together"}


def test_question_words_are_not_looked_for() -> None:
    """A sentence that asks the same holds no more than one that answers."""
    question = sought("茶市由谁管理？", {"管理": 1.0}, "茶市由谁管理")
    answering = Candidate("", "茶市由供销社管理。", 5.0)
    asking = Candidate("", "茶市由谁管理？", 5.0)
    assert rerank(question, [answering, asking]) == [5.0, 5.0]


def test_the_rarest_terms_count() -> None:
    """Of a long question a paragraph with a rare term beats one with a common term."""
    common = dict.fromkeys(("全县", "工作", "情况", "今年", "发展"), 1.0)
    question = sought("问题", {**common, "报告": 0.5, "茶市": 6.0, "摊位": 5.0})
    rare = Candidate("", f"{AFAR}茶市开张。", 5.0)
    assert differing(question, rare, Candidate("", f"{AFAR}报告完毕。", 5.0)) == {"rarest"}


def test_a_text_that_begins_with_the_words_is_ahead() -> None:
    """What is asked stands at a paragraph's beginning rather than at its end."""
    question = sought("茶市摊位", {"茶市": 2.0, "摊位": 1.0}, "茶市摊位")
    early = Candidate("", f"茶市有摊位。{AFAR}", 5.0)
    assert differing(question, early, Candidate("", f"{AFAR}茶市有摊位。", 5.0)) == {"beginning"}


@pytest.mark.parametrize("year", ["2021年", "２０２１年", "二〇二一年", "二零二一年"])
def test_a_number_that_is_missing_counts_against(year: str) -> None:
    """The year that is asked about is there in whichever numerals; another year is not it."""
    question = sought("2021年茶叶产量", {"茶叶": 2.0, "产量": 1.0}, "茶叶产量")
    right = Candidate("", f"{year}茶叶产量3100吨。", 5.0)
    assert differing(question, right, Candidate("", "2020年茶叶产量3100吨。", 5.0)) == {"number missing"}


def test_every_missing_number_counts() -> None:
    """Of two numbers the heading may have one; without it both are missing."""
    question = sought("2021年35公里公路", {"公路": 1.0})
    missing = [
        evidence(question, Candidate(heading, "公路全长。", 5.0), 5.0)["number missing"]
        for heading in ("2021年35公里", "2021年", "")
    ]
    assert missing == [0.0, 1.0, 2.0]


def test_the_score_decides_where_all_else_is_equal() -> None:
    """Two equal texts keep their order, and about their scores."""
    question = sought("茶市", {"茶市": 1.0}, "茶市")
    high, low = Candidate("", "茶市开张。", 8.0), Candidate("", "茶市开张。", 6.0)
    assert differing(question, high, low) == {"score"}
    assert rerank(question, [low, high]) == pytest.approx([8.0 * math.exp(-0.25), 8.0])


@given(TEXTS, st.lists(st.builds(Candidate, TEXTS, TEXTS, st.floats(0.01, 1000)), max_size=6))
def test_any_text_gets_a_score(dictionary: Dictionary, asked: str, candidates: list[Candidate]) -> None:
    """As many scores as candidates, positive, the best one the search's best, whatever order they come in."""
    question = understand(asked, dictionary)
    idf = {term: float(len(term)) for term in question.terms}
    wanted = seek(question, idf, dict.fromkeys(question.normal, 1.0))
    scores = rerank(wanted, candidates)
    assert len(scores) == len(candidates)
    assert all(score > 0 for score in scores)
    assert max(scores, default=0) == max((candidate.score for candidate in candidates), default=0)
    assert rerank(wanted, candidates[::-1]) == scores[::-1]


def test_a_search_returns_the_reranked_order(tmp_path: Path) -> None:
    """Hits come with descending scores, and the paragraph that answers before one that repeats the words."""
    texts = (
        "茶园很大。管理很严。",
        "镇上的茶园由供销社管理，停车场在桥边。",
        "学校由县里管理。",
        "核桃熟了。",
    )
    passages = [Paragraph(f"p{row}", "set", row, 0, "", None, text) for row, text in enumerate(texts)]
    corpus = index_passages(passages, tmp_path, None)
    question = understand("茶园，管理", corpus.dictionary)
    hits = [hit for hit, _ in corpus.search(question, 10)]
    assert [row for row, _ in corpus.searcher.top(question.terms, 10)] == [0, 1, 2]
    assert [hit.paragraph.id for hit in hits] == ["p1", "p0", "p2"]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert corpus.search(question, 1)[0][0].paragraph.id == "p1"
