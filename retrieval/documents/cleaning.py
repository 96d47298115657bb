"""What a website or a printer put between an article's lines: it goes, bylines and gaps are marked.

Every pattern must match a whole line and admits only words that no article consists of, so a line with
content stays. A cut paragraph is the same before and after; that is for `rejoining`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from retrieval.documents.blocks import Block
from retrieval.documents.metadata import byline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LONGEST = 100
_SITES = r"(?:微信(?:好友)?|朋友圈|(?:新浪|腾讯)?微博|QQ(?:空间|好友)?|人人网|豆瓣|抖音|\s)"
_CHROME = (
    r"打印(?:本[页文])?|关闭(?:窗口|本页)?|收藏(?:本[页文])?|(?:我要)?纠错|复制链接|返回(?:首页|顶部|列表|上一页)?|回到顶部"
    r"|(?:字体|字号)(?:\s*[:：])?|[大中小]"
)
_BOILERPLATE = re.compile(
    "|".join(
        (
            (
                r"(?:请|微信)?扫(?:码|一扫|描二维码)[，,]?(?:立即)?(?:观?看|收看|阅读|关注|下载|分享|听|了解)?"
                r"(?:更多|精彩)?(?:视频|直播|音频|全文|详情|原文|内容|我们|\w{0,8}(?:公众号|客户端|APP))?"
            ),
            r"(?:长按|扫描|识别)+(?:上方|下方|图中)?二维码(?:关注|查看|阅读|观看)?(?:我们|详情|更多|视频|公众号)?",
            rf"(?:一键)?分享(?:到|至)?\s*[:：]?{_SITES}*",
            r"(?:请)?点击(?:图片|此处|这里|下方|上方)?(?:下载|查看|进入|观看|播放|加载|阅读|展开)*(?:原文|全文|更多|大图|详情|视频|专题|附件|图片)?",
            r"(?:阅读|查看|展开|加载|下载)(?:原文|全文|更多|剩余内容)|(?:全文|剩余)\d*(?:%|％)?(?:未读)?(?:已显示|完)?",
            rf"(?:上|下)一?[篇页条则]\s*(?:[:：].{{0,60}})?|(?:上|下)一?[篇页条]\s*{_SITES}*(?:上|下)一?[篇页条]",
            rf"(?=.*(?:打印|关闭|收藏|字体|字号|纠错|链接|返回|顶部))(?:(?:{_CHROME})[\s|｜/·，,]*)+",
            r"[-—–]\s*\d{1,4}\s*[-—–]|第\s*\d{1,4}\s*页(?:\s*[,，/／]?\s*共\s*\d{1,4}\s*页)?|page\s*\d{1,4}(?:\s*of\s*\d{1,4})?",
            r"(?:本文|此)?(?:视频|图片|音频|动图)(?:正在)?(?:加载中|加载失败|播放)?[.…。]*|视频播放器|播放视频|点此播放",
            r"广告|相关(?:阅读|链接|新闻|文章|推荐|报道)\s*[:：]?|(?:热门|精彩)推荐\s*[:：]?|(?:原文|本文)(?:链接|地址)\s*[:：]\s*\S*",
            r"(?:未经授权(?:，|,)?)?(?:转载)?请注明(?:出处|来源)|版权所有.{0,20}(?:不得转载|违者必究)|版权(?:所有|声明)|免责声明",
        )
    ),
    re.IGNORECASE,
)
_BRACKETS = dict.fromkeys(map(ord, "[]【】［］〖〗()（）"), " ")
_EDGE = r"[-—–=.…*\s\[【\]】（()）]"
_HIDDEN = re.compile(
    rf"(?<!{_EDGE}){_EDGE}*+(?:此处|以下|中间)?已?(?:隐藏|省略)了?\s*约?\s*\d+\s*个?字"
    rf"(?:[，,][^-—–=\]】）)。]{{0,20}})?{_EDGE}*+"
)


def clean(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield the blocks without boilerplate. Where a line goes, the next one counts as `spaced`."""
    dropped = False
    for block in blocks:
        for part in _around_gaps(block):
            kind = part.kind
            if kind in ("text", "item", "caption") and is_boilerplate(part.text):
                dropped = True
                continue
            if kind == "text" and byline(part.text) is not None:
                kind = "byline"
            spaced = part.spaced or dropped
            same = (kind, spaced) == (part.kind, part.spaced)
            yield part if same else replace(part, kind=kind, spaced=spaced)
            dropped = False


def is_boilerplate(line: str) -> bool:
    """Whether the line is a website's or a printer's and no article's."""
    if len(line) > _LONGEST:
        return False
    bare = " ".join(line.lstrip("•▶►>↓↑\ufe0f ").translate(_BRACKETS).strip(" >》↓↑").split())
    return _BOILERPLATE.fullmatch(bare) is not None


def _around_gaps(block: Block) -> Iterator[Block]:
    """Yield the block, or a gap with what stands before and after it on the line."""
    if block.kind != "text" or not (gaps := list(_gaps(block.text))):
        yield block
        return
    start = 0
    for gap in gaps:
        if before := block.text[start : gap.start()].strip():
            yield replace(block, text=before, spaced=block.spaced and start == 0)
        yield Block("gap", gap[0].strip())
        start = gap.end()
    if after := block.text[start:].strip():
        yield replace(block, text=after, spaced=True)


def _gaps(text: str) -> Iterator[re.Match[str]]:
    """Places where text was hidden: a line of its own, or words between dashes within one."""
    for match in _HIDDEN.finditer(text):
        alone = match[0] == text
        dashes = match[0].lstrip()[:1] in tuple("-—–=[【") and match[0].rstrip()[-1:] in tuple("-—–=]】")
        if alone or dashes:
            yield match
