"""Which pictures answer, in an index of Documents made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retrieval.answer import answer, as_json
from retrieval.evaluation import index_passages
from retrieval.illustrations import MOST, asks_for_picture
from retrieval.language import normalise
from retrieval.model import Document, Picture, Section, WholeParagraph
from retrieval.paragraphs import LONGEST, paragraphs

if TYPE_CHECKING:
    from retrieval.model import Answer
    from retrieval.snapshot import Snapshot


def picture(name: str, caption: str = "") -> Picture:
    return Picture(f"{name}.png", 640, 420, caption)


def captioned(name: str, caption: str, page: int | None = None) -> WholeParagraph:
    return WholeParagraph(caption, page, pictures=(picture(name, caption),))


TEA = Document(
    "tea.docx",
    0,
    "云岭县茶业报告",
    (
        Section(
            "一、种植",
            (
                WholeParagraph("全县茶园面积达到12万亩，其中有机茶园3.5万亩，最大的一片在石塘镇。", 3),
                captioned("area", "图1 云岭县茶园面积分布", 3),
                WholeParagraph("各镇土壤偏酸，云雾多，从清明前后采到立夏。"),
            ),
        ),
        Section(
            "二、产量",
            (
                WholeParagraph("2020年全县干茶产量3100吨，历年的情况见图２，比上年增长7.5%。"),
                WholeParagraph("红茶和绿茶各占一半，另有少量白茶。"),
                WholeParagraph("白茶的工艺由老师傅口传。"),
                captioned("output", "图2 走势一览"),
            ),
        ),
        Section(
            "三、销路",
            (
                WholeParagraph("县里的直营店开在西安，门前有两棵茶树。", pictures=(picture("shop"),)),
                WholeParagraph("扫码即可下单。"),
            ),
        ),
        Section(
            "四、炒制",
            (
                WholeParagraph("手工炒青有五道工序，各道工序如下图。"),
                captioned("steps", "杀青的铁锅和竹匾"),
            ),
        ),
        Section("五、茶农", (captioned("people", "图3 全县茶农8600户的分布"),)),
        Section("六、户数", (WholeParagraph("全县茶农由各镇登记，每年核对，底册存在县里。"),)),
    ),
)
SCAN = Document(
    "archive.pdf",
    0,
    "渡口旧档",
    (
        Section(
            None,
            (
                WholeParagraph(
                    "渡口的船工名册记着历年换过的船工。" * (LONGEST // 17 + 1) + "渡口全年运送旅客9万人次。",
                    1,
                    pictures=(picture("page1"),),
                    confidence=0.8,
                ),
                WholeParagraph("渡口冬季停航，船只拖到岸上修补。", 2, (), (picture("page2"),), 0.95),
            ),
        ),
    ),
)
ALBUM = Document(
    "lake.docx",
    0,
    "镜湖风光",
    (
        Section(
            None,
            (
                *(
                    captioned(f"lake{place % 6}", f"镜湖晨景之{name}")
                    for place, name in enumerate("甲乙丙丁戊己庚")
                ),
            ),
        ),
    ),
)
OTHERS = tuple(
    Document(f"{place}.txt", 0, title, (Section(None, (WholeParagraph(text),)),))
    for place, (title, text) in enumerate(
        {
            "公路": "盘山公路从县城通到青石关，全长35公里，修了整整四年。",
            "图书馆": "新建的县图书馆位于文昌路，去年六月开馆，藏书18万册。",
            "养护": "公路由县公路段负责，冬天结冰时在路口设卡。",
            "学校": "镇小学有教师41人，去年翻修了操场。",
        }.items()
    )
)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    found = [paragraph for document in (TEA, SCAN, ALBUM, *OTHERS) for paragraph in paragraphs(document)]
    return index_passages(found, tmp_path_factory.mktemp("snapshot"), None)


def keys(given: Answer) -> list[str]:
    return [one.key.removesuffix(".png") for one in given.pictures]


@pytest.mark.parametrize(
    "question",
    [
        "茶园分布图", "有石塘镇的照片吗", "云岭县地图", "给我看看流程图", "报名二维码在哪里", "茶树长什么样",
        "有图吗", "产量走势图", "附图里画了什么", "a map of the county", "show me the photos",
    ],
)  # fmt: skip
def test_what_asks_for_a_picture(question: str) -> None:
    assert asks_for_picture(normalise(question))


@pytest.mark.parametrize(
    "question",
    [
        "县图书馆藏书多少册", "这样做有什么企图", "谁编了云岭县地图集", "报名要几张照片", "要交两寸照片吗",
        "产量走势如何", "规划图书的价格", "昌图县在哪里", "力图解决什么", "who imaged it",
    ],
)  # fmt: skip
def test_what_does_not(question: str) -> None:
    """Names and words that hold 图, and forms that want a photo, ask to see nothing."""
    assert not asks_for_picture(normalise(question))


@pytest.mark.parametrize(
    ("question", "key"),
    [
        ("云岭县茶园面积分布图", "area"),  # its caption
        ("有铁锅和竹匾的照片吗", "steps"),  # its alternative text
        ("直营店长什么样", "shop"),  # the text that it hangs on
        ("手工炒青的示意图", "steps"),  # the text before it
        ("茶业报告中销路的配图", "shop"),  # the heading
    ],
)
def test_a_picture_is_found(corpus: Snapshot, question: str, key: str) -> None:
    """By its caption, its alternative text, the text around it or its heading; with where it stands."""
    given = answer(corpus, question)
    assert given.found
    assert keys(given)[:1] == [key]
    paragraph = corpus.paragraph(given.pictures[0].paragraph)
    assert paragraph is not None
    assert given.pictures[0].key in [one.key for one in paragraph.pictures]


@pytest.mark.parametrize("question", ["云岭县茶园面积是多少", "云岭县茶园面积"])
def test_a_bare_caption_gives_way(corpus: Snapshot, question: str) -> None:
    """The paragraph that answers comes before the caption that only names the same; its picture is shown."""
    given = answer(corpus, question)
    first, second = given.hits[:2]
    assert first.paragraph.text.startswith("全县茶园面积达到12万亩")
    assert (second.paragraph.text, second.score) == ("图1 云岭县茶园面积分布", first.score)
    assert keys(given) == ["area"]


@pytest.mark.parametrize("question", ["茶园面积的分布图", "全县茶农有多少户"])
def test_a_caption_that_answers_stays(corpus: Snapshot, question: str) -> None:
    """Where the picture is asked for, or its caption holds a figure of the kind asked for, it comes first."""
    given = answer(corpus, question)
    assert given.hits[0].paragraph.pictures
    assert keys(given)[0] == given.hits[0].paragraph.pictures[0].key.removesuffix(".png")


def test_a_picture_that_the_text_refers_to(corpus: Snapshot) -> None:
    """The picture of that number comes, however many paragraphs further on, and no nearer one."""
    assert keys(answer(corpus, "2020年全县干茶产量是多少")) == ["output"]


def test_no_picture_without_a_reason(corpus: Snapshot) -> None:
    """A picture without a word at the text is not shown unasked; where nothing is found there is none."""
    assert keys(answer(corpus, "直营店开在哪里")) == []
    unknown = answer(corpus, "月球基地的照片")
    assert (unknown.found, unknown.pictures) == (False, ())


def test_the_page_that_a_figure_was_read_on(corpus: Snapshot) -> None:
    """A scanned page is shown with the figure read on it, also where its text is in several pieces."""
    given = answer(corpus, "渡口全年运送旅客多少人次")
    assert given.figures[0].text == "9万人次"
    assert keys(given) == ["page1"]
    row = as_json(given, corpus)["pictures"][0]
    assert (row["title"], row["page"], row["width"], row["height"]) == ("渡口旧档", 1, 640, 420)
    assert keys(answer(corpus, "渡口冬季停航吗")) == ["page2"]


def test_few_and_each_once(corpus: Snapshot) -> None:
    """An answer has a handful of pictures, and one that stands in several places once."""
    found = keys(answer(corpus, "镜湖晨景"))
    assert len(found) == len(set(found)) == MOST
