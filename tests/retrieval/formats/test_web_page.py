# ruff: noqa: E501 - markup reads best unbroken
"""Web pages: encodings, the article without its site, structure, tables, pictures, and what is refused."""

from __future__ import annotations

import base64
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from retrieval.documents.blocks import Block, Table, UnreadableError
from retrieval.documents.formats import web_archive, web_page

TITLE = "城东图书馆开放"
TEXTS = (
    "城东新区的图书馆昨天开放了，馆内藏书三十万册。",
    "开馆首日接待读者4200人次，其中儿童占三成。",
    "今后周二至周日每天开放12个小时，周一闭馆。",
)
BODY = "".join(f"<p>　　{text}</p>" for text in TEXTS)
CHROME = ("网站首页", "政务公开", "办事服务", "城西体育馆下月完工", "浙ICP备10000001号")
NAV = "<ul>" + "".join(f"<li><a href='/{name}'>{name}</a></li>" for name in CHROME[:3]) + "</ul>"
RELATED = f"<h3>相关阅读</h3><ul>{f'<li><a href=/n>{CHROME[3]}</a></li>' * 3}</ul>"
FOOTER = f"<p>主办单位：城东区政府 {CHROME[4]}</p>"
PAGES = {
    "portal": f"<div class=top>{NAV}</div><div class=xl><h1>{TITLE}</h1><div class=TRS_Editor>{BODY}</div>{RELATED}</div>"
    f"<div class=foot>{FOOTER}</div>",
    "article": f"<header>{NAV}</header><article><h1>{TITLE}</h1>{BODY}</article><aside>{RELATED}</aside>"
    f"<footer>{FOOTER}</footer>",
    "unnamed": f"<div>{NAV}</div><div><h2>{TITLE}</h2><div>{BODY}</div><div>{RELATED}</div></div><div>{FOOTER}</div>",
    "tables": f"<table><tr><td>{NAV}</td></tr><tr><td>{RELATED}</td><td><table><tr><td>{TITLE}</td></tr><tr><td>"
    f"{'<br><br>'.join(TEXTS)}</td></tr></table></td></tr><tr><td>{FOOTER}</td></tr></table>",
    "wechat": f"<h1 id=activity-name>{TITLE}</h1><div id=js_content style='visibility: hidden'><section>{BODY}</section>"
    f"</div><div class=rich_media_tool>{NAV}</div><div style='display:none'>{FOOTER}</div>",
    "forum": f"<div>{NAV}</div><div id=posts>"
    + "".join(f"<div><i>用户</i><div class=t_f>{text}</div></div>" for text in TEXTS)
    + f"</div><div class=related>{RELATED}</div>{FOOTER}",
}


def page(body: str, head: str = f"<title>{TITLE}_城东区人民政府</title>") -> str:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"


def blocks(html: str | bytes) -> list[Block]:
    return list(web_page.read(html if isinstance(html, bytes) else html.encode()).blocks)


def texts(html: str | bytes) -> list[str]:
    return [block.text for block in blocks(html)]


def reason(data: bytes) -> str:
    with pytest.raises(UnreadableError) as caught:
        list(web_page.read(data).blocks)
    return str(caught.value)


def png(width: int = 80, height: int = 60) -> bytes:
    stored = io.BytesIO()
    Image.effect_noise((width, height), 50).save(stored, "PNG")
    return stored.getvalue()


@pytest.mark.parametrize("name", PAGES)
def test_the_article_is_kept_and_the_site_around_it_is_not(name: str) -> None:
    """Every paragraph is there, no line of navigation, related links or footer is, and the title comes first."""
    found = blocks(page(PAGES[name]))
    assert [block.text for block in found if block.kind == "heading" and block.level == 1] == [TITLE]
    assert found[0].text == TITLE
    assert [block.text for block in found if block.text in TEXTS] == list(TEXTS)
    everything = "\n".join(block.text for block in found)
    assert not [line for line in CHROME if line in everything]
    assert everything.count(TITLE) == 1


@pytest.mark.parametrize(
    ("encoding", "label"),
    [
        ("gb2312", "gb2312"),
        ("gb18030", "gb2312"),
        ("gb18030", "utf-8"),
        ("gb18030", None),
        ("utf-8", None),
        ("utf-8", "gb2312"),
        ("utf-16", None),
        ("utf-16-le", None),
        ("utf-8-sig", "gbk"),
    ],
)
def test_chinese_pages_are_decoded_whatever_their_label_says(encoding: str, label: str | None) -> None:
    """GB2312 labelled, beyond its label, mislabelled and unlabelled, and UTF-16 are all read."""
    extra = "" if encoding == "gb2312" else "镕基"
    head = (f"<meta charset={label}>" if label else "") + f"<script>{'var a=1;' * 2000}</script>"
    assert texts(page(f"<p>{TEXTS[0]}{extra}</p>", head).encode(encoding)) == [TEXTS[0] + extra]


@pytest.mark.parametrize("label", ["big5", None])
def test_traditional_pages_in_big5_are_decoded(label: str | None) -> None:
    """Big5 is told from GB18030 with a label and without."""
    text = "城東新區的圖書館昨天開放了，館內藏書三十萬冊。"
    head = f"<meta charset={label}>" if label else f"<style>{'p {color: red}' * 500}</style>"
    assert texts(page(f"<p>{text}</p>", head).encode("big5")) == [text]


def test_a_broken_character_costs_only_itself() -> None:
    """One cut character in a long page does not make it unreadable."""
    data = (
        page(BODY * 20).encode("gb2312").replace("藏书".encode("gb2312"), b"\xb2" + "书".encode("gb2312"), 1)
    )
    assert list(TEXTS)[1:] == [text for text in texts(data) if text in TEXTS][:2]


def test_the_head_says_title_date_source_and_author() -> None:
    """The metadata of Chinese sites is read; a site's own name is no title and no author."""
    metas = {
        "ArticleTitle": TITLE,
        "PubDate": "2022-08-29 10:20",
        "ContentSource": "城东日报",
        "author": "城东网",
    }
    head = "<title>城东区人民政府</title>" + "".join(
        f"<meta name={k} content='{v}'>" for k, v in metas.items()
    )
    said = web_page.read(page(BODY, head).encode()).metadata
    assert (said.title, said.date, said.source, said.author) == (TITLE, "2022-08-29", "城东日报", None)


@pytest.mark.parametrize(
    "title",
    [
        f"{TITLE}_要闻_城东新闻网",
        f"{TITLE} - 城东论坛",
        f"{TITLE}-城东日报",
        f"城东区人民政府 | {TITLE}",
        TITLE,
    ],
)
def test_the_title_is_without_the_names_of_the_site(title: str) -> None:
    """What CMSs put before and after the title goes."""
    assert web_page.read(page(BODY, f"<title>{title}</title>").encode()).metadata.title == TITLE


def test_the_byline_above_the_body_is_kept() -> None:
    """A line with date and source between title and body is yielded, without the font sizes."""
    line = "<div><span>发布时间：2022-08-29</span> <span>来源：城东日报</span> <span>【字体：<a>大</a> <a>小</a>】</span></div>"
    found = texts(page(f"<h1>{TITLE}</h1>{line}<div class=TRS_Editor>{BODY}</div>"))
    assert found[:2] == [TITLE, "发布时间：2022-08-29 来源：城东日报"]


def test_headings_lists_code_and_lines_keep_their_structure() -> None:
    """Levels, marks and numbers are as shown; a line break makes a line, two of them a paragraph."""
    found = blocks(
        "<article><h1>一</h1><h3>开放时间</h3><p>第一行<br>第二行<br><br>第三行</p>"
        "<ul><li>儿童区</li><li><b>报刊区</b><ol start=3 type=a><li>日报<li>周报</ol></ul>"
        "<ol><li>甲</li><li value=5><p>乙</p><p>丙</p></li><li>（七）丁</li></ol><ol style='list-style: none'><li>戊</ol>"
        "<pre>x = 1\n  y = 2</pre><blockquote>引文，原样。</blockquote></article>"
    )
    assert [(block.kind, block.text, block.level) for block in found] == [
        ("heading", "一", 1),
        ("heading", "开放时间", 3),
        ("text", "第一行", 0),
        ("text", "第二行", 0),
        ("text", "第三行", 0),
        ("item", "• 儿童区", 0),
        ("item", "• 报刊区", 0),
        ("item", "c. 日报", 0),
        ("item", "d. 周报", 0),
        ("item", "1. 甲", 0),
        ("item", "5. 乙", 0),
        ("text", "丙", 0),
        ("item", "（七）丁", 0),
        ("text", "戊", 0),
        ("code", "x = 1\n  y = 2", 0),
        ("text", "引文，原样。", 0),
    ]
    assert [block.spaced for block in found[2:5]] == [True, False, True]


def test_tables_have_merged_cells_filled_in_and_their_heads_counted() -> None:
    """Spans are repeated over the grid, the caption is the table's text, and links in cells keep their words."""
    html = (
        "<table><caption>进出口</caption><tr><th rowspan=2>年份<th colspan=2>总额</tr><tr><th>出口<br>亿元<th>进口</tr>"
        "<tr><td>2020<td><a href=x>310</a><td>200</tr><tr><td>2021<td colspan=2>暂无</tr></table>"
    )
    assert blocks(html) == [
        Block(
            "table",
            "进出口",
            table=Table(
                (
                    ("年份", "总额", "总额"),
                    ("年份", "出口亿元", "进口"),
                    ("2020", "310", "200"),
                    ("2021", "暂无", "暂无"),
                ),
                heads=2,
            ),
        )
    ]


def test_a_page_of_nothing_but_a_table_is_read() -> None:
    """A table needs neither prose nor marked heads; a span over columns that are not there adds none."""
    html = page(
        "<table><tr><td colspan=900>出口</tr><tr><td>2020<td>310</tr><tr><td>2021<td>402</tr></table>", ""
    )
    assert blocks(html)[0].table == Table((("出口", "出口"), ("2020", "310"), ("2021", "402")))


def test_pictures_are_those_in_the_page_and_beside_it() -> None:
    """Bytes, saved files and their captions are found; decoration and what is only on the web is not."""
    image = png()
    data = base64.b64encode(image).decode()
    found = blocks(
        f"<article><p>{TEXTS[0]}</p><figure><img src='a_files/%E5%9B%BE.png?x=1' alt=外景><figcaption>图书馆<br>外景</figcaption>"
        f"</figure><p><img src='data:image/png;base64,{data}' alt='IMG_01.png'></p>"
        "<img src=data:image/gif;base64,R0lGODlhAQABAAAAACw= data-src='./b.jpg' alt=阅览室>"
        "<img src=https://example.com/c.png><img src=d.png width=1 height=1><img src=e.png alt=二维码><img src=logo.png></article>"
    )
    assert [(block.text, block.image, block.reference) for block in found if block.kind == "picture"] == [
        ("图书馆外景", None, "a_files/图.png"),
        ("", image, None),
        ("阅览室", None, "./b.jpg"),
    ]


def test_attachments_stay_and_lists_of_other_links_go() -> None:
    """A notice's attachments are part of it; a list of links to other articles is not."""
    files = "".join(f"<li><a href='{name}'>{name}</a></li>" for name in ("表一.doc", "表二.xls", "表三.pdf"))
    found = texts(page(f"<div class=article-content>{BODY}<ul>{files}</ul>{RELATED}</div>"))
    assert found[-3:] == ["• 表一.doc", "• 表二.xls", "• 表三.pdf"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<html><frameset><frame src=a.html></frameset></html>", "框架页"),
        (b"<html><body><div id=app></div><script>run()</script></body></html>", "脚本"),
        (b"<html><body></body></html>", "没有正文"),
        (b"<!-- nothing -->", "没有任何标签"),
        (b"<div>" * 5000 + b"x", "嵌套过深"),
        (b"<html>" + bytes(range(256)) * 20, ""),
    ],
)
def test_what_is_no_article_is_refused_with_its_reason(data: bytes, said: str) -> None:
    """Frames, script-only and empty pages, and bytes are errors, never empty successes."""
    assert said in reason(data)


def test_text_after_the_end_of_the_page_is_read() -> None:
    """A page that goes on after `</html>`, as browsers show it, is read to its end."""
    assert texts(f"<p>{TEXTS[0]}</p></body></html><p>{TEXTS[1]}</p>") == list(TEXTS[:2])


def archive(html: bytes, charset: str) -> bytes:
    image = base64.b64encode(png())
    return (
        b"From: <Saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=B\r\n\r\n--B\r\nContent-Type: text/html"
        + charset.encode()
        + b"\r\nContent-Transfer-Encoding: base64\r\nContent-Location: https://example.com/a.html\r\n\r\n"
        + base64.encodebytes(html)
        + b"\r\n--B\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\nContent-Location: https://example.com/i.png\r\n\r\n"
        + image
        + b"\r\n--B--\r\n"
    )


@pytest.mark.parametrize("charset", ["", "; charset=gb2312", "; charset=utf-8"])
def test_web_archives_have_their_page_and_its_pictures(charset: str) -> None:
    """The page of an MHTML file is read like any other, with the pictures that it holds by address."""
    html = page(f"<article>{BODY}<img src='https://example.com/i.png' alt=外景></article>")
    content = web_archive.read(archive(html.encode("gb18030"), charset))
    found = list(content.blocks)
    assert [block.text for block in found] == [TITLE, *TEXTS, "外景"]
    assert (found[-1].image or b"").startswith(b"\x89PNG")


@pytest.mark.parametrize("data", [b"", b"\x00\x01", b"<html>", b"Content-Type: text/plain\r\n\r\nx"])
def test_what_is_no_web_archive_is_refused(data: bytes) -> None:
    """No headers, no page: an error."""
    with pytest.raises(UnreadableError):
        list(web_archive.read(data).blocks)


MARKUP = (
    "<p> </p> <div> </div> <table> <tr> <td> <td colspan=3 rowspan=0> </table> <ul> <li> </ul> <ol type=i> <br> <h1> </h1> <figure> "
    "<figcaption> </figure> <img src=a.png> <img> <a href=x> </a> <!-- --> <pre> </pre> <body> </body> <thead> <th> <caption> "
    "<article> <title> </title> <frameset> <script> </script> &lt; &#0; &#xD800; 第一， 第二。 <svg> <span <?xml <![CDATA[ ]]> \x00 <o:p>"
)


@settings(max_examples=150)
@given(
    st.one_of(
        st.binary(max_size=200).map(lambda tail: b"<p>" + tail),
        st.lists(st.sampled_from(MARKUP.split()), max_size=30).map(lambda m: "".join(m).encode()),
    )
)
def test_any_markup_is_read_or_refused(data: bytes) -> None:
    """Whatever the bytes and tags: blocks of equal rows and tidy text come out, or UnreadableError."""
    try:
        found = blocks(data)
    except UnreadableError:
        return
    assert found
    for block in found:
        assert block.text == block.text.strip()
        assert block.text or block.table or block.kind == "picture"
        assert block.table is None or len({len(row) for row in block.table.rows}) == 1
