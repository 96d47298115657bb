"""What a page says of itself outside of its text: title, date, source and author."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retrieval.documents import article_date
from retrieval.documents.formats.hypertext import tables
from retrieval.documents.lines import tidy
from retrieval.documents.metadata import Metadata

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_TITLES = ("articletitle", "citation_title", "dc.title", "dcterms.title")
_DATES = (
    *("pubdate", "publishdate", "publish_date", "publish-date", "article:published_time", "datepublished"),
    *("og:release_date", "dc.date", "dcterms.date", "citation_publication_date", "weibo:article:create_at"),
)
_SOURCES = ("contentsource", "article:source", "source", "mediaid")
_SITES = ("og:site_name", "sitename", "application-name")
_SITE = re.compile(
    r"(?:网|网站|门户|政府|频道|首页|主页|在线|日报|晚报|早报|论坛|博客|平台|委员会|新闻|资讯|社区|专栏|百科|公众号|客户端|公司|大学"
    r"|正文|\.(?:com|cn|net|org|gov)|blog|news|wiki(?:pedia)?|home)$",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s*[_|｜]+\s*|\s+[-–—·»>]+\s+")
_HYPHEN = re.compile(r"(.+?\S)\s*[-–—]+\s*([^-–—]{2,20})")
_LONGEST = 150  # characters of a title
_NOT_A_PERSON = re.compile(r"网|公司|报|社|admin|editor|编辑部|http|www\.|@|wordpress", re.IGNORECASE)


def metadata(root: Element) -> Metadata:
    """Return what the head says, and the title, found by the headings too."""
    said = _said(root)
    date = _first(said, _DATES) or next((time.get("datetime", "") for time in root.iter("time")), "")
    author = _first(said, ("author", "article:author", "byl")) or ""
    return Metadata(
        title=_title(root, said),
        date=article_date.iso(date[:_LONGEST]),
        source=_first(said, _SOURCES),
        author=author if author and len(author) <= 20 and not _NOT_A_PERSON.search(author) else None,
    )


def _said(root: Element) -> dict[str, str]:
    said: dict[str, str] = {}
    for element in root.iter("meta"):
        name = element.get("name") or element.get("property") or element.get("itemprop") or ""
        content = tidy(" ".join(element.get("content", "")[:1000].split()))
        if name and content:
            said.setdefault(name.strip().lower(), content)
    return said


def _first(said: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((said[name] for name in names if len(said.get(name, "")) in range(1, _LONGEST)), None)


def _title(root: Element, said: dict[str, str]) -> str | None:
    """Return the title: as `meta` names it, else the heading that `title` repeats, else `title`."""
    if given := _first(said, _TITLES):
        return given
    element = next(root.iter("title"), None)
    named = said.get("og:title") or (tables.text(element) if element is not None else "")
    heads = [text for head in root.iter("h1") if 0 < len(text := tables.text(head)) <= _LONGEST]
    site = _first(said, _SITES) or ""
    bare = without_site(named, site)[:_LONGEST]
    own = [head for head in heads if not _is_site(head, site)]
    repeated = [head for head in heads if _same(head, bare)] or [head for head in own if _same(head, named)]
    if repeated:
        return max(repeated, key=len)
    if bare and not _is_site(bare, site):
        return bare
    return next(iter(own), bare) or None


def without_site(title: str, site: str = "") -> str:
    """Return a page's title without the names of the site and its channels."""
    parts = [part for part in _SEPARATOR.split(tidy(title)) if part]
    while len(parts) > 1 and _is_site(parts[-1], site):
        parts.pop()
    while len(parts) > 1 and _is_site(parts[0], site):
        parts.pop(0)
    whole = parts[0] if parts else ""
    while (match := _HYPHEN.fullmatch(whole)) and _is_site(match[2], site):
        whole = match[1]
    return whole


def _is_site(text: str, site: str) -> bool:
    return len(text) <= 20 and (text == site or _SITE.search(text) is not None)


def _same(head: str, title: str) -> bool:
    """Whether a heading stands in the page's title, spaces aside."""
    return len(head) >= 2 and "".join(head.split()) in "".join(title.split())
