"""Finds an article's body in a page, and empties what the site put around it and into it.

It goes by prose: text outside of links that has a sentence's marks, or stands in a table's cells. The body is
the innermost element that holds nearly all of it, looked for within an element that is named as a body where
there is one. Names alone never take away an element that holds half of a page's prose.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from retrieval.documents.formats.hypertext import tables
from retrieval.documents.formats.hypertext.flow import BLOCKS
from retrieval.documents.formats.hypertext.parsing import drop

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_NAMED = re.compile(
    r"(?<![a-z])(?:trs-?u?-?editor|ucap-?content|js-content|pages-content|zoom(?:con)?|arti-?body|articlebody"
    r"|(?:article|news|post|entry|main|detail|text|show|info|blog|rich-media|vsb|wp-article)-?(?:content|body|text|main|con)"
    r"|content-(?:article|text|detail|main|body)|rm-txt-con|mw-parser-output|markdown-body|rich-?text|con-?text|t-f)(?![a-z])"
)
_CHROME = re.compile(
    r"(?<![a-z])(?:(?:top|left|right|main|sub|site|foot|bottom|side)?-?(?:nav|navbar|navi|navigation|menu)|side-?bar|aside"
    r"|(?:bread)?crumbs?|(?:cur|current|your|dq)-?(?:position|location|pos|wz|path)|position|weizhi|dqwz|dangqian"
    r"|(?:bd|social|js|page)?-?shares?(?:-?(?:box|bar|button|list|btn))?|bdsharebuttonbox|jiathis"
    r"|(?:related?|recommend(?:ed|ation)?s?|tuijian|xiangguan|xg(?:xx|xw|yd|wz|lj|nr|bd)?|hot|rank(?:ing)?|paihang|latest)"
    r"(?:-?(?:news|list|posts?|articles?|reads?|reading|box|links?))?"
    r"|(?:user-?)?comments?(?:-?(?:list|box|area|form|wrap|section))?|pinglun|liuyan|disqus|repl(?:y|ies)-?(?:list|form|box)"
    r"|foot(?:er)?|bottom|copyright|banquan|colophon|tool-?(?:bar|box|s)|print-?(?:box|bar)|font-?size|fontsize-?\w*"
    r"|pag(?:er|ing|ination|e-?nav)|pre-?next|prev-?next|shangxia|post-navigation|ad(?:s|box|vert\w*)?|guanggao|gg"
    r"|banner|cookies?(?:-?\w+)?|pop-?up|modal|login|register|search(?:-?(?:box|bar|form))?|qr-?code|erweima|ewm|weixin-?code"
    r"|tag-?(?:s|list|cloud)|friend-?links?|you-?qing|back-?(?:to-?)?top|go-?top|subscribe|newsletter|skip-?link|signature"
    r"|avatar"
    r"|author-?(?:card|box|bio)|rich-media-(?:tool|meta-list|area-extra)|js-pc-qr-code|float-?(?:bar|box)?)(?![a-z])"
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SENTENCE = re.compile(r"[，。；！？]|[a-z][,;.!?](?: |$)")
_FOOTER = re.compile(
    r"ICP备|公网安备|版权所有|copyright|©|主办单位|承办单位|技术支持|网站标识码|网站地图|不良信息|许可证",
    re.IGNORECASE,
)
_LEGAL = re.compile(r"ICP备|公网安备|版权所有|copyright\s*(?:©|\(c\)|\d)|网站标识码", re.IGNORECASE)
_LEADS_TO_LINKS = re.compile(
    r"\W*(?:相关|推荐|热门|热点|延伸|更多|最新|精彩|猜你|大家|related|see also|more).{0,10}", re.IGNORECASE
)
_ATTACHED = re.compile(r"附件|\.(?:docx?|xlsx?|pdf|zip|rar|wps|et|ofd|pptx?)$", re.IGNORECASE)
_BOXES = frozenset("html body div section article main center form table tbody tr td".split())  # noqa: SIM905 - shorter
_LISTS = frozenset("ul ol dl div table section p".split())  # noqa: SIM905 - shorter
_NEARLY_ALL = 0.85
_SHARE_OF_NAMED = 0.3
_SHORTEST_PROSE = 6  # characters
_LONGEST_FOOTER = 150
_LONGEST_NAMES = 300


@dataclass(slots=True)
class Measure:
    """Characters in an element: of prose, of text, of text in links; and how many links and inner blocks."""

    prose: int = 0
    text: int = 0
    linked: int = 0
    links: int = 0
    inner: int = 0

    def add(self, other: Measure) -> None:
        self.prose += other.prose
        self.text += other.text
        self.linked += other.linked
        self.links += other.links
        self.inner += 1 + other.inner


def find_body(root: Element) -> Element:
    """Return the element that holds the article; what a site put around and into it is emptied."""
    measures = measure(root)
    half = measures[root].prose / 2
    kept = {above for named in root.iter() if _is_named(named) for above in (named, *named.iterancestors())}
    drop(root, lambda element: element not in kept and _is_chrome(element, measures, half))
    measures = measure(root)
    named = _named(root, measures)
    body = _innermost(root if named is None else named, measures)
    if measures[body].text > measures[body].linked:
        drop(body, lambda element: _is_between(element, measures))
    return body


def measure(root: Element) -> dict[Element, Measure]:
    """Return the measures of all block elements, in one pass."""
    found = {root: Measure()}
    above = [root]
    line = _Line()
    for event, element in etree.iterwalk(root, events=("start", "end")):
        starts = event == "start"
        if element.tag in BLOCKS or element.tag == "br":
            line.end(found[above[-1]], above[-2:])
            if element is not root and element.tag != "br":
                if starts:
                    above.append(element)
                    found[element] = Measure()
                else:
                    found[above[-2]].add(found[above.pop()])
        if element.tag == "a" and element.get("href"):
            line.link = starts
            found[above[-1]].links += starts
        line.add(element.text if starts else element.tail if element is not root else None)
    line.end(found[root], [])
    return found


class _Line:
    """A line of the page, in which text in links and other text are told apart."""

    def __init__(self) -> None:
        self.link = False
        self._linked = 0
        self._parts: list[str] = []

    def add(self, text: str | None) -> None:
        if text and self.link:
            self._linked += len(text.strip())
        elif text:
            self._parts.append(text)

    def end(self, found: Measure, within: list[Element]) -> None:
        if not self._parts and not self._linked:
            return
        text = " ".join("".join(self._parts).split())
        found.text += len(text) + self._linked
        found.linked += self._linked
        in_cell = any(outer.tag in ("td", "th") for outer in within)
        is_prose = in_cell or (len(text) >= _SHORTEST_PROSE and _SENTENCE.search(text))
        if is_prose and not _FOOTER.search(text):
            found.prose += len(text)
        self._linked = 0
        self._parts.clear()


def _names(element: Element) -> str:
    """Return class and id in small letters, with `-` for `_` and between the words of `camelCase`."""
    names = f"{element.get('class', '')} {element.get('id', '')}"[:_LONGEST_NAMES]
    return _CAMEL.sub("-", names).lower().replace("_", "-")


def _is_named(element: Element) -> bool:
    return (
        element.tag in ("article", "main")
        or element.get("itemprop") == "articleBody"
        or element.get("role") == "main"
        or (element.tag in _BOXES and _NAMED.search(_names(element)) is not None)
    )


def _is_chrome(element: Element, measures: dict[Element, Measure], half: float) -> bool:
    held = measures[element].prose if element in measures else 0
    if held > half:
        return False
    if element.tag in ("nav", "footer", "aside"):
        return True
    return element.tag not in ("html", "body", "table", "h1") and _CHROME.search(_names(element)) is not None


def _named(root: Element, measures: dict[Element, Measure]) -> Element | None:
    """Return the element named as the body, or what holds all of several, as a forum's posts; else None."""
    outermost = []
    walk = etree.iterwalk(root, events=("start",))
    for _, element in walk:
        if element in measures and _is_named(element):
            outermost.append(element)
            walk.skip_subtree()
    prose = sum(measures[element].prose for element in outermost)
    if not prose or prose < measures[root].prose * _SHARE_OF_NAMED:
        return None
    best = max(outermost, key=lambda element: measures[element].prose)
    if measures[best].prose * 2 >= prose:
        return best
    holding = (above for above in best.iterancestors() if above in measures)
    return next((above for above in holding if measures[above].prose >= prose), root)


def _innermost(body: Element, measures: dict[Element, Measure]) -> Element:
    """Return the innermost box within `body` that holds nearly all of its prose."""
    while measures[body].prose:
        inner = next((child for child in body if _holds(child, body, measures)), None)
        if inner is None:
            return body
        body = inner
    return body


def _holds(child: Element, body: Element, measures: dict[Element, Measure]) -> bool:
    if child.tag not in _BOXES or child not in measures:
        return False
    is_box = measures[child].inner > 0 or child.find("br") is not None
    return is_box and measures[child].prose >= measures[body].prose * _NEARLY_ALL and not _is_data(child)


def _is_data(table: Element) -> bool:
    nests = next(table.iterdescendants("table"), None) is not None
    return table.tag == "table" and not nests and tables.read(table) is not None


def _is_between(element: Element, measures: dict[Element, Measure]) -> bool:
    """Whether the element is of the site, within the body: links, their heading, the legal lines."""
    found = measures.get(element)
    if found is None or not found.text:
        return False
    if _is_list_of_links(element, found):
        return True
    if found.inner or found.text > _LONGEST_FOOTER:
        return False
    below = element.getnext()
    if below is not None and below in measures and _LEADS_TO_LINKS.fullmatch(tables.text(element)):
        return _is_list_of_links(below, measures[below])
    return _LEGAL.search("".join(element.itertext())) is not None


def _is_list_of_links(element: Element, found: Measure) -> bool:
    if element.tag not in _LISTS or found.prose or found.links < 3 or found.linked < found.text / 2:
        return False
    return not any(_ATTACHED.search(link.get("href", "")) for link in element.iter("a"))
