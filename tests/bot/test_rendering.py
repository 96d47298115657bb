from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram.constants import MessageLimit

from bot.messages import ENGLISH, SIMPLIFIED, TRADITIONAL, Words
from bot.rendering import answer_page, context_page, date_text
from bot.sandbox.entities import parse_html, utf16_length
from retrieval.model import Answer, Figure, Hit, Paragraph, Question, Wanted

TEA = Paragraph(
    id="tea",
    document="tea.md",
    article=0,
    position=1,
    title="云岭县茶业报告",
    section="产量",
    text="全县茶园面积12万亩。2020年干茶产量3100吨，产值达4.6亿元。",
    date="2021-03-05",
    source="云岭县志",
)
MARKET = Paragraph("market", "market.md", 0, 0, "集市", None, "2020年茶市成交1900吨。")
TONS = Figure("3100吨", "measure", 3100.0, "吨", 20, 25, metric="干茶产量", period="2020年", paragraph="tea")
SOLD = Figure("1900吨", "measure", 1900.0, "吨", 9, 14, metric="茶市成交", paragraph="market")
ANSWER = Answer(
    question=Question("2020年干茶产量", "2020年干茶产量", ("干茶", "产量")),
    found=True,
    hits=(Hit(TEA, 9.0, ((16, 18), (18, 20))), Hit(MARKET, 2.0)),
    figures=(TONS, SOLD),
)


def test_answer() -> None:
    """The best figure comes first, then the paragraph with its marks, then the source."""
    assert answer_page(ANSWER, 0, SIMPLIFIED).split("\n") == [
        "<b>3100吨</b>　干茶产量 · 2020年",
        "另有：1900吨 茶市成交 · 见第 2 条",
        "<blockquote>全县茶园面积12万亩。2020年<u>干茶产量</u><b>3100吨</b>，产值达4.6亿元。</blockquote>",
        "📄 云岭县茶业报告 · 产量 · 2021年3月5日",
    ]


def test_later_page_has_its_own_figures() -> None:
    """Another result shows the figures of its own paragraph only."""
    assert answer_page(ANSWER, 1, SIMPLIFIED).split("\n") == [
        "<b>1900吨</b>　茶市成交",
        "<blockquote>2020年茶市成交<b>1900吨</b>。</blockquote>",
        "📄 集市",
    ]


def test_same_value_once() -> None:
    """A figure that several paragraphs repeat is shown once."""
    answer = replace(ANSWER, figures=(TONS, replace(TONS, paragraph="market")))
    assert answer_page(answer, 0, SIMPLIFIED).count("干茶产量 · 2020年") == 1


def test_other_units_are_left_out() -> None:
    """A number in another unit than the best figure stays in its paragraph."""
    year = Figure("2020年", "date", "2020", None, 11, 16, paragraph="tea")
    assert answer_page(replace(ANSWER, figures=(TONS, year)), 0, SIMPLIFIED).count("2020年") == 2


def test_no_figure_that_was_not_asked_for() -> None:
    """Where the best figure is plainly none that was asked for, only the paragraph is shown, on any page."""
    price = Question("干茶多少钱", "干茶多少钱", ("干茶",), Wanted(("money", "count"), "元"))
    answer = replace(ANSWER, question=price)
    assert answer_page(answer, 0, SIMPLIFIED).startswith("<blockquote>全县茶园面积")
    assert answer_page(answer, 1, SIMPLIFIED).startswith("<blockquote>2020年茶市")
    assert "<b>" not in answer_page(answer, 0, SIMPLIFIED)


def test_not_found() -> None:
    """Without an answer it says so and how to go on, and shows nothing that is not near."""
    page = answer_page(replace(ANSWER, found=False), 0, SIMPLIFIED)
    assert page == f"{SIMPLIFIED.not_found}\n{SIMPLIFIED.rephrase}"


def test_near_paragraph_is_labelled() -> None:
    """A paragraph that is only near is offered as such, without figures."""
    page = answer_page(replace(ANSWER, found=False, near=True), 0, SIMPLIFIED)
    assert page.startswith(SIMPLIFIED.not_found)
    assert page.index(SIMPLIFIED.perhaps) < page.index("全县茶园面积")
    assert "<b>3100吨</b>" not in page


def test_context() -> None:
    """A paragraph is shown between its neighbours, and stands out."""
    page = context_page(ANSWER.hits[0], MARKET, replace(MARKET, text="后文。"), SIMPLIFIED)
    assert page.split("\n\n") == [
        "2020年茶市成交1900吨。",
        "<blockquote>全县茶园面积12万亩。2020年<u>干茶产量</u>3100吨，产值达4.6亿元。</blockquote>",
        "后文。",
        "📄 云岭县茶业报告 · 产量 · 云岭县志 · 2021年3月5日",
    ]


def test_long_paragraph_is_cut_around_the_figure() -> None:
    """Of a paragraph beyond a message's length, the sentences with the figure are shown, uncut."""
    text = "前面的话很长。" * 700 + TEA.text + "后面的话也长。" * 700
    start = text.index("3100吨")
    answer = replace(
        ANSWER,
        hits=(Hit(replace(TEA, text=text), 9.0),),
        figures=(replace(TONS, start=start, end=start + 5),),
    )
    shown, _ = parse_html(answer_page(answer, 0, SIMPLIFIED))
    assert "干茶产量3100吨，产值达4.6亿元。后面" in shown
    assert utf16_length(shown) <= MessageLimit.MAX_TEXT_LENGTH
    assert "。…\n📄" in shown


@pytest.mark.parametrize(
    ("iso", "chinese", "english"),
    [
        ("2022-08-09", "2022年8月9日", "2022-08-09"),
        ("2022-08", "2022年8月", "2022-08"),
        ("2022", "2022年", "2022"),
        ("去年", "去年", "去年"),
        ("2022-08-09-10", "2022-08-09-10", "2022-08-09-10"),
    ],
)
def test_dates(iso: str, chinese: str, english: str) -> None:
    """Dates read as the language writes them."""
    assert date_text(iso, SIMPLIFIED) == chinese
    assert date_text(iso, ENGLISH) == english


HOSTILE = (
    st.text(st.characters(), max_size=300)
    | st.text("甲。😀<b>&\u202e\u200b\n", max_size=300)
    | st.sampled_from(
        ["<" * 5000, "😀" * 4096, "甲" * 9000, "甲。" * 4000, "&amp;</blockquote>", "\u200b", ""]
    )
)
SPANS = st.tuples(st.integers(0, 9000), st.integers(0, 9000)).map(lambda pair: (min(pair), max(pair)))


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    hits = tuple(
        Hit(
            Paragraph(
                id=f"p{number}",
                document=draw(HOSTILE),
                article=0,
                position=number,
                title=draw(HOSTILE),
                section=draw(st.none() | HOSTILE),
                text=draw(HOSTILE),
                date=draw(st.none() | HOSTILE),
                source=draw(st.none() | HOSTILE),
            ),
            1.0,
            tuple(draw(st.lists(SPANS, max_size=3)))
            + tuple((at, at + 1) for at in range(0, draw(st.sampled_from([0, 900])), 2)),
        )
        for number in range(draw(st.integers(0, 3)))
    )
    figures = tuple(
        Figure(
            text=draw(HOSTILE),
            kind="count",
            value=None,
            unit=None,
            start=start,
            end=end,
            metric=draw(st.none() | HOSTILE),
            period=draw(st.none() | HOSTILE),
            paragraph=draw(st.sampled_from(["p0", "p1", "none"])),
        )
        for start, end in draw(st.lists(SPANS, max_size=5))
    )
    question = Question("问", "问", ())
    return Answer(question, draw(st.booleans()), hits, figures, near=draw(st.booleans()))


@settings(max_examples=150, deadline=None)
@given(answers(), st.sampled_from([SIMPLIFIED, TRADITIONAL, ENGLISH]))
def test_any_answer_is_a_valid_message(answer: Answer, words: Words) -> None:
    """Whatever the documents hold, Telegram can read each page, and it is within the limits."""
    pages = [answer_page(answer, rank, words) for rank in range(max(1, len(answer.hits)))]
    if answer.hits:
        pages.append(context_page(answer.hits[0], answer.hits[-1].paragraph, answer.hits[0].paragraph, words))
    for page in pages:
        text, entities = parse_html(page)
        assert text.strip()
        assert utf16_length(text) <= MessageLimit.MAX_TEXT_LENGTH
        assert len(entities) <= MessageLimit.MESSAGE_ENTITIES
