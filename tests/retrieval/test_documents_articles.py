"""Articles out of dirty files: titles, bylines, sections, rejoined paragraphs, and what is thrown away."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from retrieval.documents import read_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from retrieval.model import Document

    Reader = Callable[..., list[Document]]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    def read_text(text: str, name: str = "篇名.txt") -> list[Document]:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return list(read_file(tmp_path, name).documents)

    return read_text


def body(document: Document) -> list[str]:
    return [paragraph.text for section in document.sections for paragraph in section.paragraphs]


def headings(document: Document) -> list[str | None]:
    return [section.heading for section in document.sections]


TWO_ARTICLES = """

市长在全市河道治理现场会上强调

# 让每条河都能看见鱼


扫码看视频

6月3日上午，全市河道治理现场会在城东举行，36个单位参加。

■青河晚报全媒体记者 李小禾 周一帆

## 三年清淤一百公里

会议指出，要看到，河道淤积的老问

题还没有根治，部分支流仍有异味。

## 护河员一人一段

会议要求，每段河道都要有护河员，

每周巡查不少于两次，随时上报。

林业局在春季植树总结会上通报

# 新栽树木成活率超过九成

城乡快报6月4日讯

4日下午，林业局通报了春季植树的情况，共栽树12万株。

■城乡快报记者 何木
"""


def test_two_articles_in_one_file_are_two_documents(read: Reader) -> None:
    """Each level-1 heading begins an article, whose title opens with the kicker above it."""
    first, second = read(TWO_ARTICLES)
    assert (first.number, second.number) == (0, 1)
    assert first.title == "市长在全市河道治理现场会上强调 让每条河都能看见鱼"
    assert second.title == "林业局在春季植树总结会上通报 新栽树木成活率超过九成"
    assert headings(first) == [None, "三年清淤一百公里", "护河员一人一段"]
    assert body(first) == [
        "6月3日上午，全市河道治理现场会在城东举行，36个单位参加。",
        "会议指出，要看到，河道淤积的老问题还没有根治，部分支流仍有异味。",
        "会议要求，每段河道都要有护河员，每周巡查不少于两次，随时上报。",
    ]
    assert body(second) == ["4日下午，林业局通报了春季植树的情况，共栽树12万株。"]


def test_bylines_and_datelines_become_metadata(read: Reader) -> None:
    """A reporter is the author; a paper is the source, with the day where the year is not known."""
    first, second = read(TWO_ARTICLES)
    assert (first.source, first.author) == ("青河晚报", "青河晚报全媒体记者 李小禾 周一帆")
    assert (second.source, second.date, second.author) == ("城乡快报 6月4日", None, "城乡快报记者 何木")


def test_a_known_year_completes_the_dateline(read: Reader) -> None:
    """With the year from the front matter the dateline gives the date."""
    (document,) = read("---\ndate: 2022\n---\n# 树木成活率创新高\n\n城乡快报6月4日讯\n\n共栽树12万株。")
    assert (document.date, document.source) == ("2022-06-04", "城乡快报")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("更新时间:2023-02 来源:读者来稿", ("2023-02", "读者来稿", None)),
        ("2022-08-29 10:20:33  来源：青河日报  编辑：某某", ("2022-08-29", "青河日报", None)),
        ("发布时间：2022年8月29日 作者：张三、李四", ("2022-08-29", None, "张三、李四")),
        ("（记者 王大山 通讯员 赵小川）", (None, None, "记者 王大山 通讯员 赵小川")),
        ("青河日报2022年8月29日讯（记者 王大山）", ("2022-08-29", "青河日报", "记者 王大山")),
        ("二〇二二年八月二十九日", ("2022-08-29", None, None)),
    ],
)
def test_a_line_below_the_title_says_when_and_whence(
    read: Reader, line: str, expected: tuple[str | None, str | None, str | None]
) -> None:
    """Such a line is metadata in every common form, and no paragraph."""
    (document,) = read(f"河边的新公园\n\n{line}\n\n\u00a0\n\n公园今年开放，面积30亩。")
    assert (document.date, document.source, document.author) == expected
    assert document.title == "河边的新公园"
    assert body(document) == ["公园今年开放，面积30亩。"]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("---\ntitle: 前言里的题目\n---\n# 正文里的题目\n\n正文一句。", "前言里的题目"),
        ("---\n标题：全角冒号: 也可以\n作者：某某\n---\n正文一句。", "全角冒号: 也可以"),
        ("# 正文里的题目\n\n正文一句。", "正文里的题目"),
        ("题目写在第一行:它很长 也没有句号\n\n正文一句。", "题目写在第一行:它很长 也没有句号"),
        ("题目\n====\n\n正文一句。", "题目"),
        ("## 只有二级题目\n\n正文一句。", "只有二级题目"),
        ("正文一句，没有题目。\n\n又是一句。", "篇名"),
        ("一、总的要求\n\n正文一句。", "篇名"),
        ("在田野上\n——记一位老农\n\n正文一句，写他的一生。", "在田野上——记一位老农"),
    ],
)
def test_the_title_is_the_best_there_is(read: Reader, text: str, title: str) -> None:
    """Front matter comes before a heading, a heading before the first line, and the file's name last."""
    assert read(text)[0].title == title


def test_broken_front_matter_loses_no_text(read: Reader) -> None:
    """Front matter that is no YAML is read line by line, and what is none stays text."""
    (broken,) = read("---\ntitle: 桥: 第二版\ntags: [a, b\ndate: 2021-05-03\n---\n桥宽9米。")
    assert (broken.title, broken.date, body(broken)) == ("桥: 第二版", "2021-05-03", ["桥宽9米。"])
    (none,) = read("---\n今天: 下了雨，路上人很少。\n---\n明天会晴。")
    assert body(none) == ["今天: 下了雨，路上人很少。", "明天会晴。"]
    (open_ended,) = read("---\ntitle: 没有结尾\n\n这里是正文，还在继续。")
    assert "这里是正文，还在继续。" in body(open_ended)


@pytest.mark.parametrize(
    ("cut", "whole"),
    [
        ("他说，要修好城北的老\n\n桥，让人放心。", ["他说，要修好城北的老桥，让人放心。"]),
        ("必须看到,\n\n路还很长,也不平。", ["必须看到,路还很长,也不平。"]),
        ("他说，要修好城北的老\n\n扫码看视频\n\n桥，让人放心。", ["他说，要修好城北的老桥，让人放心。"]),
        ("他说，要修好城北的老\n\n![](a.png)\n\n桥，让人放心。", ["他说，要修好城北的老桥，让人放心。"]),
        ("他说，要修好城北的老\n\n- 12 -\n\n桥，让人放心。", ["他说，要修好城北的老桥，让人放心。"]),
        ("全市上下牢记，\n\n******\n\n嘱托，努力向前。", ["全市上下牢记，******嘱托，努力向前。"]),
        ("老桥\n\n，要修好。", ["老桥，要修好。"]),
        ("今年栽树12\n\n万株，多过去年。", ["今年栽树12万株，多过去年。"]),
        ("依照《城市桥梁养护\n\n办法》修好老桥。", ["依照《城市桥梁养护办法》修好老桥。"]),
        ("　　他说，要修好老\n　　桥，让人放心。", ["他说，要修好老桥，让人放心。"]),
        ("The bridge, which is\n\nold, must go.", ["The bridge, which is old, must go."]),
    ],
)
def test_a_cut_paragraph_is_rejoined(read: Reader, cut: str, whole: list[str]) -> None:
    """A sentence that a blank line, a marker, a picture or a page number cuts is one again."""
    (document,) = read(f"# 修桥的事情\n\n{cut}")
    assert body(document) == whole


@pytest.mark.parametrize(
    "whole",
    [
        "他说，要修好老桥。\n\n大家都同意，散了会。",
        "他说，要修好城北的老\n\n---此处隐藏120字,下载后查看---\n\n桥，让人放心。",
        "他说，要修好老桥\n\n## 大家的意见\n\n大家都同意，散了会。",
        "他说，要修好老桥\n\n第二条 大家都同意，散了会。",
        "他说，要修好老桥\n\n■ 大家都同意，散了会。",
    ],
)
def test_whole_things_are_not_glued(read: Reader, whole: str) -> None:
    """Nothing is joined over a gap or a heading, after a full stop, or with a new provision."""
    (document,) = read(f"# 修桥的事情\n\n{whole}")
    assert len(body(document)) == 2


def test_text_hidden_within_a_line_is_a_gap(read: Reader) -> None:
    """The marker goes wherever it stands; before and after are two paragraphs."""
    (document,) = read("桥的历史\n\n桥在建成时---此处隐藏62字,下载后查看---后来又加宽了三米。")
    assert body(document) == ["桥在建成时", "后来又加宽了三米。"]


def test_hard_wrapped_text_is_rejoined(read: Reader) -> None:
    """Lines wrapped at a width are one paragraph, also where a line happens to end with a sentence."""
    (chinese,) = read(
        "　　小镇坐落在两条河流的交汇处，从明代起便是商贾往来的要地。最盛时有\n"
        "货栈四十余家。每到秋天，沿河的稻田一片金黄，收割的人从早忙到晚才歇。\n"
        "直到霜降以后，镇上才安静下来。\n"
        "　　后来的大水冲毁了老码头，三年以后，镇上在上游两公里处另建了新的码\n"
        "头，货运量当年就超过了从前。\n"
    )
    assert len(body(chinese)) == 2
    assert body(chinese)[0].endswith("才歇。直到霜降以后，镇上才安静下来。")
    assert "新的码头，" in body(chinese)[1]
    (english,) = read(
        "The river rises in the hills above the town and flows for about\n"
        "ninety kilometres to the sea. It was first surveyed in 1871, when\n"
        "the harbour was built, and again in 1954.\n\n"
        "In the second survey the engineers found that the bed had moved by\n"
        "thirty metres since the first one.\n"
    )
    assert len(body(english)) == 2
    assert "for about ninety kilometres to the sea. It was" in body(english)[0]


def test_a_paragraph_a_line_stays_so(read: Reader) -> None:
    """Where each line ends its sentence, each is a paragraph, without blank lines too."""
    lines = ["清晨四点，第一批货车进场。", "到六点，蔬菜已经卸完。", "中午收摊。"]
    (document,) = read("\r\n".join(["菜市场的一天", *lines]))
    assert (document.title, body(document)) == ("菜市场的一天", lines)


def test_verses_keep_their_lines(read: Reader) -> None:
    """Short lines that end with a comma are verses, not a wrapped paragraph."""
    (document,) = read("# 小诗一首\n\n风从山上来，\n吹过小石桥。")
    assert body(document) == ["风从山上来，\n吹过小石桥。"]


@pytest.mark.parametrize(
    "line",
    [
        "扫码看视频",
        "【扫一扫，关注公众号】",
        "责任编辑：王小明",
        "分享到：微信 微博 QQ空间",
        "点击查看更多",
        "---此处隐藏3456字,下载后查看---",
        "上一篇：关于植树的通知",
        "下一篇",
        "打印 关闭",
        "【字体：大 中 小】 打印本页",
        "- 3 -",
        "第3页 共12页",
        "相关阅读：",
        "[图片]",
    ],
)
def test_boilerplate_goes(read: Reader, line: str) -> None:
    """What a website or a printer adds is no paragraph, wherever it stands."""
    (document,) = read(f"河边的新公园\n\n{line}\n\n公园今年开放，面积30亩。\n\n{line}\n")
    assert body(document) == ["公园今年开放，面积30亩。"]


@pytest.mark.parametrize(
    "line",
    [
        "扫码看视频的人多了起来，仅上半年就有3万人次。",
        "责任编辑：这个岗位共有12人，其中8人有十年以上的经验。",
        "来源：这笔钱是哪里来的？",
        "打印机和复印机共37台。",
        "点击查看次数超过1万次，评论300条。",
        "记者了解到，公园全天开放。",
        "（公园面积30亩，比去年大）",
        "3",
        "他在文章中隐藏了20字。",
    ],
)
def test_a_line_with_content_stays(read: Reader, line: str) -> None:
    """Words of boilerplate within a sentence take nothing away."""
    (document,) = read(f"# 河边的新公园\n\n公园今年开放。\n\n{line}\n\n## 后记\n\n完了。")
    assert line in body(document)


NOTICE = """青河市人民政府办公室关于印发
夜间市集管理办法的通知
青政办发〔2022〕30号

各县（区）人民政府，市直各部门：

　　《夜间市集管理办法》已经同意，现印发给你们，请认真组织实施。

　　一、总体要求

　　（一）指导思想

　　坚持便民利民，到2025年建成夜间市集12处。

　　（二）基本原则

　　政府引导、市场运作，确保有序经营。

　　二、具体规定

　　第一条 市集营业时间为每日18时至23时。

　　三、加强领导。各县（区）要成立专班，每季度报送一次进展情况。

　　附件：1.市集名单
　　　　　2.收费标准

　　　　　　　　　　　　　　青河市人民政府办公室
　　　　　　　　　　　　　　2022年9月7日
"""


def test_a_notice_keeps_its_parts(read: Reader) -> None:
    """Title over two lines, number, addressee, nested heads, provisions, attachments and sign-off."""
    (document,) = read(NOTICE)
    assert document.title == "青河市人民政府办公室关于印发夜间市集管理办法的通知"
    assert (document.date, document.source) == ("2022-09-07", "青河市人民政府办公室")
    assert headings(document) == [
        None,
        "一、总体要求 › （一）指导思想",
        "一、总体要求 › （二）基本原则",
        "二、具体规定",
    ]
    assert body(document) == [
        "青政办发〔2022〕30号",
        "各县（区）人民政府，市直各部门：\n《夜间市集管理办法》已经同意，现印发给你们，请认真组织实施。",
        "坚持便民利民，到2025年建成夜间市集12处。",
        "政府引导、市场运作，确保有序经营。",
        "第一条 市集营业时间为每日18时至23时。",
        "三、加强领导。各县（区）要成立专班，每季度报送一次进展情况。",
        "附件：1.市集名单\n2.收费标准",
        "青河市人民政府办公室\n2022年9月7日",
    ]


def test_chapters_are_sections_of_one_document(read: Reader) -> None:
    """Level-1 headings that are numbered or very short do not begin articles."""
    (numbered,) = read("# 市集管理办法\n\n# 第一章 总则\n\n为了有序。\n\n# 第二章 收费\n\n每月300元。")
    assert (numbered.title, headings(numbered)) == ("市集管理办法", ["第一章 总则", "第二章 收费"])
    (short,) = read("# 概述\n\n这是一个工具。\n\n# 安装\n\n运行安装程序。", name="手册.md")
    assert body(short) == ["这是一个工具。", "运行安装程序。"]
    (fronted,) = read("---\ntitle: 年报\n---\n# 上半年的工作回顾\n\n完成了。\n\n# 下半年的工作打算\n\n继续。")
    assert (fronted.title, headings(fronted)) == ("年报", ["上半年的工作回顾", "下半年的工作打算"])


def test_heads_without_text_are_not_lost(read: Reader) -> None:
    """A table of contents, whose heads have nothing under them, is a paragraph of lines."""
    (document,) = read("# 市集手册目录\n\n一、摊位\n二、收费\n三、卫生\n\n以上各章另发。")
    assert "一、摊位\n二、收费" in "\n".join(body(document))
    assert "三、卫生" in (document.sections[-1].heading, *body(document))


MARKDOWN = """# 关于老桥的报告

这座桥建于**1932年**，全长 *418米* ，见[图纸](http://example.org/a_(b) "图")，耗资`12万元`。<!-- 待核 -->

主要数据如下：

- 桥墩 12 个
- 桥面宽 **9.5** 米
  双向通行

1. 先量宽
2. 再量长

| 年份 | 费用 |
|:---|---:|
| 1932 | 12万元 |
| 1975 | 80万元 |

> 桥在人在，这是当年的话。

![老桥全景](a.png)

```python
宽 = 9.5
```

***
AT&amp;T 公司捐了&nbsp;2 盏灯<br>，用到今天。
"""


def test_markdown_loses_its_marks_and_keeps_its_words(read: Reader) -> None:
    """Links, emphasis, comments and rules go; a list is one paragraph, and so is each row of a table."""
    (document,) = read(MARKDOWN, name="桥.md")
    assert body(document) == [
        "这座桥建于1932年，全长 418米 ，见图纸，耗资12万元。",
        "主要数据如下：\n• 桥墩 12 个\n• 桥面宽 9.5 米双向通行\n1. 先量宽\n2. 再量长",
        "1932年 · 费用 12万元",
        "1975年 · 费用 80万元",
        "桥在人在，这是当年的话。",
        "老桥全景",
        "宽 = 9.5",
        "AT&T 公司捐了 2 盏灯，用到今天。",
    ]


def test_breaks_of_html_end_a_line(read: Reader) -> None:
    """Where a download left HTML in a text, its paragraphs are paragraphs and its marks go."""
    (document,) = read("<p>桥宽<b>9.5</b>米。</p><p class='x'>桥长418米。<br/>a<b 的一侧较低。</p>")
    assert body(document) == ["桥宽9.5米。", "桥长418米。", "a<b 的一侧较低。"]


def test_redactions_are_no_emphasis(read: Reader) -> None:
    """Asterisks that stand for hidden words stay as they are."""
    text = "全市牢记******的嘱托，以***同志为榜样，以***的话为指引，努力向前。"
    (document,) = read(f"# 一份旧的材料\n\n{text}", name="a.md")
    assert body(document) == [text]


def test_shown_text_is_tidy(read: Reader) -> None:
    """Ends are trimmed and invisible characters go, in files of any system."""
    (document,) = read("\ufeff题目是这个\r\r\u3000\u3000今\u200b天\u00a0下了\t雨，  人　　少。\u3000\r")
    assert body(document) == ["今天 下了 雨，  人 少。"]


@pytest.mark.parametrize("text", ["只有一个题目", "# 只有一个题目", "---\ntitle: 只有一个题目\n---\n"])
def test_a_title_alone_is_found_too(read: Reader, text: str) -> None:
    """A file with just a title is a Document whose one paragraph is the title."""
    (document,) = read(text)
    assert (document.title, body(document)) == ("只有一个题目", ["只有一个题目"])


def test_documents_of_a_file_have_titles_of_their_own(read: Reader) -> None:
    """A repeated title is counted, so that no two paragraphs of a file share an id."""
    documents = read("# 每周的天气预报\n\n晴。\n\n# 每周的天气预报\n\n雨。\n\n# 每周的天气预报\n\n雪。")
    assert [document.title for document in documents] == [
        "每周的天气预报",
        "每周的天气预报（2）",
        "每周的天气预报（3）",
    ]
    assert [document.number for document in documents] == [0, 1, 2]


@pytest.mark.parametrize(
    "text",
    [
        "今天下了雨，路上人很少。" * 100_000,
        "今天下了雨，路上人很少\n" * 30_000,
        "今天下了雨，路上人很少。\n\n" * 30_000,
        "# 题目是这样的\n\n今天下了雨。\n\n" * 20_000,
        "\n".join(f"- {number}、一项" for number in range(30_000)),
        "- a\n" + "  b\n" * 100_000,
        "a" * 5_000_000,
        "`" * 3_000_000,
        "[" * 3_000_000,
        "-" * 1_000_000 + "|x",
        "```x\n" * 500_000,
        "<!-- <a **" * 300_000,
        "|a" * 1_000_000,
        "# " + "a " * 1_000_000 + "#" * 1_000_000,
        ("字体 " * 33 + "x\n") * 1000,
    ],
    ids=range(15),
)
def test_large_files_take_seconds(read: Reader, text: str) -> None:
    """Reading is linear in a file's size, whatever its shape."""
    start = time.perf_counter()
    assert read(text)
    assert time.perf_counter() - start < 20
