from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from retrieval.answer import answer
from retrieval.index import Index
from retrieval.vocabulary import _opened

if TYPE_CHECKING:
    from pathlib import Path

    from retrieval.snapshot import Snapshot

ARTICLES = {
    "环境.md": "县里出台了改善营商环境的十条办法，企业开办的时间缩短到一天，窗口增加到二十个。",
    "出口.md": "2021年全县的进出口总额达到4.6亿元，其中出口3.9亿元，主要是茶叶和竹器。",
    "长沙.md": "从长沙到云岭县的高速公路全长180公里，开车两个半小时，途中有三个服务区。",
    "电站.md": "水电站装机容量为六万千瓦，大坝高78米，由阿列克谢设计，建成于1968年。",
    "图书.md": "县图书馆新到一批讲ChatGPT的书，借阅的读者排起了队，馆里又订了三十本。",
    "渡口.md": "渡口每天开船六班，票价五元，枯水期减为四班，逢集市的日子加开一班。",
}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return indexed(tmp_path_factory.mktemp("corpus"), ARTICLES)


def indexed(folder: Path, articles: dict[str, str]) -> Snapshot:
    documents = folder / "documents"
    documents.mkdir()
    for name, text in articles.items():
        (documents / name).write_text(text, encoding="utf-8")
    index = Index(folder / "index")
    index.build(documents)
    return index.current()


def test_every_word_of_the_corpus_may_be_meant(snapshot: Snapshot) -> None:
    """Each is found by its sound, and a longer one with any of its characters open."""
    vocabulary = snapshot.vocabulary
    words = [term for term in snapshot.segment.terms.terms if term in vocabulary and not term.isascii()]
    assert {"环境", "进出口", "阿列克谢"} <= set(words)
    for word in words:
        sound, keys = next(vocabulary._keys(word)), _opened(word)
        assert all(word in vocabulary._under(key) for key in [sound, *keys])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("如何改善营商环镜", "如何改善营商环境", id="a character of the same sound"),
        pytest.param("全县进出口总鹅是多少", "全县进出口总额是多少", id="within a longer word"),
        pytest.param("常沙到云岭县多少公里", "长沙到云岭县多少公里", id="a character of two sounds"),
        pytest.param("从长傻到云岭县多少公里", "从长沙到云岭县多少公里", id="another tone"),
        pytest.param("谁的设记", "谁的设计", id="a word alone"),
        pytest.param("装机容酿多大", "装机容量多大", id="n for l and another final"),
        pytest.param("装机溶量多大", "装机容量多大", id="a character that looks alike"),
        pytest.param("阿列克射设计了什么", "阿列克谢设计了什么", id="a character that only looks alike"),
        pytest.param("阿克列谢设计了什么", "阿列克谢设计了什么", id="two characters swapped"),
        pytest.param("阿列谢设计了什么", "阿列克谢设计了什么", id="a character dropped"),
        pytest.param("如何改善营商商环境", "如何改善营商环境", id="a character doubled"),
        pytest.param("水坝和水店站", "水坝和水电站", id="a word of three characters"),
        pytest.param("Chatgtp的书", "chatgpt的书", id="two letters swapped"),
        pytest.param("chatgp的书", "chatgpt的书", id="a letter dropped"),
        pytest.param("如何改善營商環鏡", "如何改善营商环境", id="traditional characters"),
    ],
)
def test_a_slip_is_mended(snapshot: Snapshot, typed: str, meant: str) -> None:
    """A slip of the pen or of the input method brings the question with the corpus's own word."""
    assert answer(snapshot, typed).suggestion == meant


@pytest.mark.parametrize(
    "question",
    [
        "如何改善营商环境",
        "渡口每天开几班船",
        "全县进出口总额比去年增长多少",
        "火星上有水吗？",
        "高铁什么时候通车",
        "渡口的老张今年多大",
        "ChatGPT的书有几本",
        "GPT的书",
        "",
        "？？",
        "多少",
    ],
)
def test_what_is_no_slip_is_left_alone(snapshot: Snapshot, question: str) -> None:
    """Neither what the corpus holds nor what it simply lacks brings a suggestion."""
    assert answer(snapshot, question).suggestion is None


def test_the_word_that_suits_the_rest_is_meant(tmp_path: Path) -> None:
    """Among words of one sound the one that stands with the question's other words is suggested."""
    articles = {"a.md": "渔村的码头停着四十条船。", "b.md": "语文课本的封面是一匹马，马头朝左。"}
    corpus = indexed(tmp_path, articles)
    assert answer(corpus, "渔村的玛头停多少条船").suggestion == "渔村的码头停多少条船"
    assert answer(corpus, "语文课本封面的玛头").suggestion != "语文课本封面的码头"


def test_a_suggestion_is_answered_better(snapshot: Snapshot) -> None:
    """The mended question is found, where the one as typed was not, and needs no mending itself."""
    typed = answer(snapshot, "营商环镜")
    assert typed.suggestion is not None
    mended = answer(snapshot, typed.suggestion)
    assert mended.found
    assert mended.suggestion is None
    assert "营商环境" in mended.hits[0].paragraph.text


def test_an_empty_corpus_suggests_nothing(tmp_path: Path) -> None:
    """Without a word of its own the corpus mends nothing."""
    assert answer(indexed(tmp_path, {}), "营商环镜chatgtp").suggestion is None


PIECES = st.sampled_from(
    "营商环镜 境 总鹅 额 进出口 常沙 阿克列谢 容酿 chatgtp chatgp 多少 几 的 2021年 ，".split()  # noqa: SIM905
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PIECES | st.text(max_size=4), max_size=12).map("".join))
@example("一一一一一一一一")
def test_any_text_brings_a_mended_one_or_none(snapshot: Snapshot, text: str) -> None:
    """Nothing raises, and a suggestion is the question with one word of the corpus put in."""
    given_answer = answer(snapshot, text)
    typed, mended = given_answer.question.normal, given_answer.suggestion
    if mended is None:
        return
    assert mended != typed
    assert any(
        mended[start:end] in snapshot.vocabulary
        and typed.startswith(mended[:start])
        and typed.endswith(mended[end:])
        for start in range(len(mended))
        for end in range(start + 2, len(mended) + 1)
    )
