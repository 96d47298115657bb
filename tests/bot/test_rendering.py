from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram.constants import MessageLimit

from bot.messages import ENGLISH, SIMPLIFIED, TRADITIONAL, Words
from bot.pages import shown_ranks
from bot.sandbox.entities import parse_html, utf16_length
from bot.screens.answers import answer_page, context_page, date_text
from bot.screens.reindexing import rebuild_progress
from retrieval.model import Answer, Figure, Hit, Paragraph, Question, Wanted
from retrieval.progress import Progress

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


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (SIMPLIFIED, "<i>按“2020年&lt;b&gt;茶业”作答</i>"),
        (TRADITIONAL, "<i>按「2020年&lt;b&gt;茶業」作答</i>"),
        (ENGLISH, "<i>Read as: 2020年&lt;b&gt;茶业</i>"),
    ],
)
def test_how_a_follow_up_was_read(words: Words, line: str) -> None:
    """The first line says how a follow-up was read, on each page and where nothing is found."""
    answer = replace(ANSWER, question=replace(ANSWER.question, read_as="2020年<b>茶业"))
    for page in (
        answer_page(answer, 0, words),
        answer_page(answer, 1, words),
        answer_page(replace(answer, found=False, near=True), 0, words),
        answer_page(replace(answer, found=False), 0, words),
    ):
        assert page.split("\n")[0] == line


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
    assert page == f"{SIMPLIFIED.answers.not_found}\n{SIMPLIFIED.answers.rephrase}"


def test_near_paragraph_is_labelled() -> None:
    """A paragraph that is only near is offered as such, without figures."""
    page = answer_page(replace(ANSWER, found=False, near=True), 0, SIMPLIFIED)
    assert page.startswith(SIMPLIFIED.answers.not_found)
    assert page.index(SIMPLIFIED.answers.perhaps) < page.index("全县茶园面积")
    assert "<b>3100吨</b>" not in page


def test_context() -> None:
    """A paragraph is shown between its neighbours, and stands out."""
    page = context_page(ANSWER.hits[0], MARKET, TEA, replace(MARKET, text="后文。"), SIMPLIFIED)
    assert page.split("\n\n") == [
        "2020年茶市成交1900吨。",
        "<blockquote>全县茶园面积12万亩。2020年<u>干茶产量</u>3100吨，产值达4.6亿元。</blockquote>",
        "后文。",
        "📄 云岭县茶业报告 · 产量 · 云岭县志 · 2021年3月5日",
    ]


def test_context_further_on() -> None:
    """Where the reader has moved on, the paragraph in the middle is quoted and the result keeps its marks."""
    page = context_page(ANSWER.hits[0], TEA, replace(MARKET, section="行情"), None, SIMPLIFIED)
    assert page.split("\n\n") == [
        "全县茶园面积12万亩。2020年<u>干茶产量</u>3100吨，产值达4.6亿元。",
        "<blockquote>2020年茶市成交1900吨。</blockquote>",
        "📄 集市 · 行情",
    ]


def test_alone_in_another_chat() -> None:
    """A page that nobody asked for where it stands says what was asked, and of its own figures only."""
    asked = replace(ANSWER, question=replace(ANSWER.question, text="干茶<产量>\n多少"))
    assert answer_page(asked, 0, SIMPLIFIED, alone=True).split("\n")[:3] == [
        "❓ 干茶&lt;产量&gt; 多少",
        "<b>3100吨</b>　干茶产量 · 2020年",
        "<blockquote>全县茶园面积12万亩。2020年<u>干茶产量</u><b>3100吨</b>，产值达4.6亿元。</blockquote>",
    ]
    missing = answer_page(replace(asked, found=False), 0, ENGLISH, alone=True)
    assert missing.split("\n")[:2] == ["❓ 干茶&lt;产量&gt; 多少", ENGLISH.answers.not_found]


def test_traditional_characters() -> None:
    """A traditional reader sees all of an answer in traditional characters, marked in the same places."""
    hit = replace(ANSWER.hits[0], paragraph=replace(TEA, text=TEA.text.replace("干茶", "茶业")))
    answer = replace(ANSWER, hits=(hit, ANSWER.hits[1]), figures=(replace(TONS, metric="茶业产量"), SOLD))
    assert answer_page(answer, 0, TRADITIONAL).split("\n") == [
        "<b>3100噸</b>　茶業產量 · 2020年",
        "另有：1900噸 茶市成交 · 見第 2 條",
        "<blockquote>全縣茶園面積12萬畝。2020年<u>茶業產量</u><b>3100噸</b>，產值達4.6億元。</blockquote>",
        "📄 雲嶺縣茶業報告 · 產量 · 2021年3月5日",
    ]
    context = context_page(hit, None, hit.paragraph, MARKET, TRADITIONAL)
    assert "<u>茶業產量</u>3100噸" in context
    assert "茶市成交1900噸" in context


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


def test_sentence_that_answers() -> None:
    """Where no figure is asked for, the sentence that answers is bold, and single words are not marked."""
    hit = replace(ANSWER.hits[0], answering=((0, 10),))
    page = answer_page(replace(ANSWER, hits=(hit,), figures=()), 0, SIMPLIFIED)
    assert "<b>全县茶园面积12万亩</b>。2020年干茶产量3100吨" in page


def test_sentence_with_the_figure() -> None:
    """The sentence that holds the figure is bold; of a long one the figure alone, which leads to it."""
    hit = replace(ANSWER.hits[0], answering=((0, 11), (11, 35)))
    page = answer_page(replace(ANSWER, hits=(hit, ANSWER.hits[1])), 0, SIMPLIFIED)
    assert "12万亩。<b>2020年干茶产量3100吨，产值达4.6亿元。</b></blockquote>" in page
    text = TEA.text.replace("，产值", "，" + "春茶秋茶都在内，" * 8 + "产值")
    hit = replace(hit, paragraph=replace(TEA, text=text), answering=((11, len(text)),))
    page = answer_page(replace(ANSWER, hits=(hit, ANSWER.hits[1])), 0, SIMPLIFIED)
    assert "2020年干茶产量<b>3100吨</b>，春茶" in page


def test_excerpt_holds_what_answers() -> None:
    """Of a paragraph beyond a message's length, the sentence that answers is shown."""
    text = "前面的话很长。" * 700 + "白茶只在石塘镇制作。" + "后面的话也长。" * 700
    start = text.index("白茶")
    hit = Hit(replace(TEA, text=text), 9.0, answering=((start, start + 10),))
    page = answer_page(replace(ANSWER, hits=(hit,), figures=()), 0, SIMPLIFIED)
    assert "<b>白茶只在石塘镇制作。</b>" in page


@pytest.mark.parametrize(("lead", "folded"), [("", True), ("茶园的情况各镇不同。" * 6, False)])
def test_what_answers_is_not_folded_away(lead: str, *, folded: bool) -> None:
    """A long paragraph is folded to its first lines only where the sentence that answers is among them."""
    text = lead + "白茶只在石塘镇制作。" + "其他的茶各镇都有。" * 25
    hit = Hit(replace(TEA, text=text), 9.0, answering=((len(lead), len(lead) + 10),))
    page = answer_page(replace(ANSWER, hits=(hit,), figures=()), 0, SIMPLIFIED)
    assert ("<blockquote expandable>" in page) == folded


LEAD = replace(TEA, id="lead", text="申请补贴要交以下材料：\n（一）申请表；")
ITEMS = tuple(replace(TEA, id=f"item{n}", text=f"（{n}）第{n}份材料；") for n in "二三")


def test_list_runs_on() -> None:
    """The paragraphs that a list runs on into follow in the same quotation, a line each."""
    hit = Hit(LEAD, 9.0, ((0, 4),), continued=ITEMS)
    page = answer_page(replace(ANSWER, hits=(hit,), figures=()), 0, SIMPLIFIED)
    assert (
        "<blockquote>申请补贴要交以下材料：\n（一）申请表；\n（二）第二份材料；\n（三）第三份材料；</blockquote>"
        in page
    )


def test_long_list_is_cut_after_an_item() -> None:
    """A list beyond a message's length ends after a whole item, and a sign that more follows."""
    items = tuple(replace(TEA, id=f"i{n}", text=f"第{n}份材料" + "很长" * 300 + "；") for n in range(12))
    page = answer_page(replace(ANSWER, hits=(Hit(LEAD, 9.0, continued=items),), figures=()), 0, SIMPLIFIED)
    shown, _ = parse_html(page)
    assert utf16_length(shown) <= MessageLimit.MAX_TEXT_LENGTH
    assert "第5份材料" in shown
    assert re.search("很长；\n?…\n📄", shown)


def test_copies_are_named_not_shown() -> None:
    """A result's source names the other articles that say the same, and how many where there are many."""
    copies = [
        Hit(replace(MARKET, id=f"copy{n}", document=f"{n}.md", title=f"转载{n}"), 1.0, same_as="tea")
        for n in range(3)
    ]
    both = replace(ANSWER, hits=(ANSWER.hits[0], *copies[:2]), figures=())
    assert answer_page(both, 0, SIMPLIFIED).endswith("2021年3月5日\n另见：转载0；转载1")
    many = replace(ANSWER, hits=(ANSWER.hits[0], *copies), figures=())
    assert answer_page(many, 0, SIMPLIFIED).endswith("\n另见：转载0；转载1 等 3 篇")
    listed = replace(ANSWER.hits[0], continued=ITEMS)
    copied = replace(copies[0], same_as=ITEMS[0].id)
    listing = replace(ANSWER, hits=(listed, Hit(ITEMS[0], 2.0), copied), figures=())
    assert answer_page(listing, 0, SIMPLIFIED).endswith("\n另见：转载0")
    inside = replace(copies[0], paragraph=replace(TEA, id="again"))
    assert "另见" not in answer_page(replace(ANSWER, hits=(ANSWER.hits[0], inside)), 0, SIMPLIFIED)


def test_pages_count_what_is_shown() -> None:
    """A copy and an item of a list that is shown already have no page, and a figure refers to pages."""
    copy = Hit(replace(MARKET, id="copy"), 8.0, same_as="tea")
    item = Hit(ITEMS[0], 7.0)
    listed = replace(ANSWER.hits[0], continued=ITEMS)
    answer = replace(ANSWER, hits=(listed, copy, item, ANSWER.hits[1]))
    assert shown_ranks(answer) == [0, 3]
    assert shown_ranks(replace(answer, found=False)) == [0]
    assert "1900吨 茶市成交 · 见第 2 条" in answer_page(answer, 0, SIMPLIFIED)


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
        [
            "<" * 5000,
            "😀" * 4096,
            "㓆" * 4096,
            "产\x00业\ud800",
            "甲" * 9000,
            "甲。" * 4000,
            "&amp;</blockquote>",
            "\u200b",
            "",
        ]
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
            answering=tuple(draw(st.lists(SPANS, max_size=2))),
            continued=tuple(replace(MARKET, text=draw(HOSTILE)) for _ in range(draw(st.integers(0, 2)))),
            same_as=draw(st.sampled_from([None, "p0"])),
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
    question = Question(draw(HOSTILE), "问", (), read_as=draw(st.none() | HOSTILE))
    return Answer(question, draw(st.booleans()), hits, figures, near=draw(st.booleans()))


@settings(max_examples=150)
@given(answers(), st.sampled_from([SIMPLIFIED, TRADITIONAL, ENGLISH]))
def test_any_answer_is_a_valid_message(answer: Answer, words: Words) -> None:
    """Whatever the documents hold, Telegram can read each page, and it is within the limits."""
    pages = [answer_page(answer, rank, words) for rank in range(max(1, len(answer.hits)))]
    if answer.hits:
        first, last = answer.hits[0].paragraph, answer.hits[-1].paragraph
        pages.append(context_page(answer.hits[0], last, first, last, words))
        pages += [answer_page(answer, rank, words, alone=True) for rank in range(len(answer.hits))]
    for page in pages:
        text, entities = parse_html(page)
        assert text.strip()
        assert utf16_length(text) <= MessageLimit.MAX_TEXT_LENGTH
        assert len(entities) <= MessageLimit.MESSAGE_ENTITIES


def test_suggestion_below_an_answer() -> None:
    """A suggested question stands below the first result's source, escaped, and on no other page."""
    answer = replace(ANSWER, suggestion="<b>干茶产量")
    assert answer_page(answer, 0, SIMPLIFIED).split("\n")[-1] == "您是不是想问：&lt;b&gt;干茶产量"
    assert answer_page(answer, 1, SIMPLIFIED) == answer_page(ANSWER, 1, SIMPLIFIED)


def test_suggestion_where_nothing_is_found() -> None:
    """Where nothing is found a suggested question takes the place of the advice to rephrase."""
    answer = replace(ANSWER, found=False, suggestion="干茶产量")
    assert answer_page(answer, 0, SIMPLIFIED) == f"{SIMPLIFIED.answers.not_found}\n您是不是想问：干茶产量"
    near = answer_page(replace(answer, near=True), 0, ENGLISH)
    assert near.startswith(f"{ENGLISH.answers.not_found}\nDid you mean: 干茶产量\n")


def test_how_far_a_reindex_is() -> None:
    """Files with the next one's name, then the paragraphs that a cluster has taken."""
    assert rebuild_progress(None, SIMPLIFIED) == "正在重建索引…"
    assert rebuild_progress(Progress(3, 9, "茶.md"), SIMPLIFIED).startswith("正在重建索引… 3/9\n")
    filling = Progress(2000, 9000, "", filling=True)
    assert rebuild_progress(filling, SIMPLIFIED) == "正在写入检索集群… 2000/9000 段"
    assert rebuild_progress(filling, TRADITIONAL) == "正在寫入檢索叢集… 2000/9000 段"
