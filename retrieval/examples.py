"""Questions to suggest to whoever has asked nothing yet, made from the articles' own figures and headings.

Each is one that the articles answer, with the very figure or paragraph that it was made from first. Only a
sample of a large corpus is looked at, and what would not read like a person's question is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from retrieval.answer import answer
from retrieval.figure_fitness import fitting
from retrieval.figure_ranking import PASSAGES
from retrieval.plain import plain
from retrieval.word_roles import Word, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retrieval.model import Figure, Paragraph
    from retrieval.snapshot import Snapshot

SAMPLE = 400  # paragraphs that are looked at, evenly over the corpus
TRIES = 4  # questions that are asked for each one suggested
LONGEST = 20  # characters of a question

_METRIC = re.compile(r"[\u4e00-\u9fff\d]{2,12}")
_TELLING = 5  # characters of a metric that is asked for without a year; a shorter one may be anybody's
_TELLING_DATED = 4  # with a year
_PERIOD = re.compile(r"(?:19|20)\d\d年(?:度|[上下]半年|第?[一二三四]季度|前[一二三]季度|(?:1[0-2]|[1-9])月)?")
_QUANTITY = "(?:[额值量率数费价]|收入|支出|利润|面积|人口|投资|规模|指数|寿命|长度|全长)"
# The kinds of a figure, how its metric ends, and how people ask for that; the first that fits.
_FORMS = tuple(
    (frozenset(kinds.split()), re.compile(f"(?:{last})$"), form)
    for kinds, last, form in (
        ("rank", "排名|[位名]次", "{metric}第几"),
        ("duration", "时间|时长|时限|期限|周期", "{metric}是多久"),
        ("percent", f"{_QUANTITY}(?:同比)?(?:增长|下降|上升|提高|减少|增加)", "{metric}多少"),
        ("money percent measure count", _QUANTITY, "{metric}是多少"),
        (
            "count",
            "企业|公司|主体|学校|[高院]校|大学|学院|医院|工?厂|机构|合作社|社区|村|乡镇|园区|基地|景区|专业|学科|课程|岗位|网点|车站",
            "有多少{unit}{metric}",
        ),
    )
)
_MEASURE_WORDS = frozenset("家户个所座条门")
# What a name neither begins nor ends with, nor holds: such a metric was cut amiss, or says nothing alone.
_CUT = re.compile(
    r"^(?:[的了和与及在是对为以将被把从由向到等其该此这那各每共已又也还仅约近达超比较按使让给占上下中至再并而则均来去不没"
    r"未就都只可要会需应有无新第本我他她它你前后内外另余多项经加除原自兑]|同比|环比|累计|分别|实现|完成|合计|平均每|收到|维持"
    r"|减持|增持|调[减增]|产生|承包|支出(?=.)|剩余|实际|最新)"
    r"|[的了和与及在是对为以将被把从由向到等其该此这那各每共已约近达超比较按占上下中至之不]$|的[人数]?[数量]$|[多少]数$|[某占]|[甲乙]方|双方|原告"
)
_DISTRESSING = re.compile(
    "死|伤|亡|遇难|失踪|罪|刑|赃|贿|盗|受害|自杀|爆炸|袭击|事故|病例|确诊|感染|诈骗|罚|非法|涉案|挪用|好处费"
)

_NUMBERING = re.compile(
    r"^\s*(?:第[一二三四五六七八九十百\d]+[章节条部分编]+|[（(]?[一二三四五六七八九十\d]{1,3}[）)、．.]+)\s*"
)
_HEADING = re.compile(r"[\u4e00-\u9fff]{4,15}")
_ASKS = re.compile(r"为什么|怎么|怎样|如何|哪些|什么是|是什么|何而来|何在")
_LISTED = re.compile(
    "(?:条件|材料|措施|要求|任务|政策|职责|特点|特色|优势|亮点|成果|成效|成绩|问题|短板|举措|渠道|情形|待遇|领域|环节)$"
)
_DEFINED = re.compile("(?:流程|程序|标准|意义|背景|原因|依据|目的|原则|目标|期限|对象|范围|方式|办法)$")
_SLOGAN = re.compile(
    "加强|加快|推[进动行]|坚持|完善|优化|强化|深化|落实|严格|提[升高]|建立|健全|做好|抓|狠|着力|全面|切实|进一步|积极|扎实|持续|不断"
    "|明确|突出|关于|确保|实施|开展|打造|聚焦|围绕|统筹|促进|规范|创新|扩大|支持|鼓励|加大|其他|主要|基本|总体|有关|相关"
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A question with the paragraph that has to answer it, and the figure where it asks for one."""

    question: str
    paragraph: Paragraph
    figure: Figure | None
    merit: int

    @property
    def article(self) -> tuple[str, int]:
        return self.paragraph.document, self.paragraph.article


def examples(snapshot: Snapshot, count: int = 3) -> list[str]:
    """Return up to `count` questions, of different articles where there are enough.

    The same each time for one Snapshot; none where its articles offer none.
    """
    chosen: list[_Candidate] = []
    left: list[_Candidate] = []
    tries = TRIES * count
    for candidate in _in_turn(_candidates(snapshot)):
        if any(candidate.article == other.article or _is_like(candidate, other) for other in chosen):
            left.append(candidate)
        elif len(chosen) < count and tries:
            tries -= 1
            if _is_answered(snapshot, candidate):
                chosen.append(candidate)
    for candidate in left:
        if len(chosen) < count and tries and not any(_is_like(candidate, other) for other in chosen):
            tries -= 1
            if _is_answered(snapshot, candidate):
                chosen.append(candidate)
    return [candidate.question for candidate in chosen]


def _in_turn(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Order them: one about a figure, one about a heading, and so on; the best of each article first."""
    orders = []
    for with_figure in (True, False):
        pool = sorted(
            (candidate for candidate in candidates if (candidate.figure is not None) == with_figure),
            key=lambda candidate: -candidate.merit,
        )
        seen: Counter[tuple[str, int]] = Counter()
        places = []
        for candidate in pool:
            places.append(seen[candidate.article])
            seen[candidate.article] += 1
        orders.append([pool[place] for place in sorted(range(len(pool)), key=places.__getitem__)])
    return [candidate for pair in zip_longest(*orders) for candidate in pair if candidate]


def _is_like(candidate: _Candidate, other: _Candidate) -> bool:
    """Whether two are about one paragraph or section, or ask for the same in another year."""
    here, there = candidate.paragraph, other.paragraph
    same_section = (
        here.section is not None and candidate.article == other.article and here.section == there.section
    )
    return (
        here.id == there.id
        or same_section
        or (_PERIOD.sub("", candidate.question) == _PERIOD.sub("", other.question))
    )


def _is_answered(snapshot: Snapshot, candidate: _Candidate) -> bool:
    given = answer(snapshot, candidate.question, limit=PASSAGES)
    if not given.found:
        return False
    first = given.hits[0].paragraph
    if candidate.figure is None:
        return (first.document, first.section) == (candidate.paragraph.document, candidate.paragraph.section)
    best = next(iter(fitting(given)), None)
    return best is not None and (best.paragraph, best.start) == (
        candidate.paragraph.id,
        candidate.figure.start,
    )


def _candidates(snapshot: Snapshot) -> list[_Candidate]:
    """Return what a sample of the corpus offers; a question that several articles pose is left out."""
    step = max(1.0, snapshot.paragraphs / SAMPLE)
    found: dict[str, _Candidate] = {}
    several = set()
    for number in range(min(SAMPLE, snapshot.paragraphs)):
        paragraph, figures = snapshot.at(int(number * step))
        for candidate in (*_of_figures(snapshot, paragraph, figures), *_of_heading(snapshot, paragraph)):
            if found.setdefault(candidate.question, candidate).article != candidate.article:
                several.add(candidate.question)
    return [
        candidate
        for question, candidate in found.items()
        if question not in several and len(question) <= LONGEST
    ]


def _of_figures(snapshot: Snapshot, paragraph: Paragraph, figures: Sequence[Figure]) -> Iterator[_Candidate]:
    for figure in figures:
        metric, period = plain(figure.metric or ""), plain(figure.period or "")
        if not _METRIC.fullmatch(metric) or _CUT.search(metric) or _DISTRESSING.search(metric):
            continue
        dated = _PERIOD.fullmatch(period) is not None
        asked = _asked(figure, metric, read(metric, snapshot.dictionary))
        if asked and (dated or not period) and len(metric) >= (_TELLING_DATED if dated else _TELLING):
            merit = 4 * dated + 2 * (figure.kind == "money") + (len(metric) >= _TELLING)
            yield _Candidate(f"{period}{asked}？", paragraph, figure, merit)


def _asked(figure: Figure, metric: str, words: Sequence[Word]) -> str | None:
    """Ask for a metric as people do, by its last word; None where that is not clear."""
    if words[0].role == "verb" or any(
        word.role in {"small", "asking"} and word.text != "的" for word in words
    ):
        return None
    forms = (form for kinds, last, form in _FORMS if figure.kind in kinds and last.search(metric))
    form = next(forms, "")
    if "{unit}" in form and figure.unit not in _MEASURE_WORDS:
        return None
    return form.format(metric=metric, unit=figure.unit) or None


def _of_heading(snapshot: Snapshot, paragraph: Paragraph) -> Iterator[_Candidate]:
    heading = _NUMBERING.sub("", plain(paragraph.section or "")).strip()
    if not _HEADING.fullmatch(heading) or _SLOGAN.match(heading) or _DISTRESSING.search(heading):
        return
    if _ASKS.search(heading):
        yield _Candidate(f"{heading}？", paragraph, None, 2)
    elif read(heading, snapshot.dictionary)[0].role in {"verb", "small"}:
        return
    elif _LISTED.search(heading):
        yield _Candidate(f"{heading}有哪些？", paragraph, None, 1)
    elif _DEFINED.search(heading):
        yield _Candidate(f"{heading}是什么？", paragraph, None, 0)
