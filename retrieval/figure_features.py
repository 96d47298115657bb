"""The evidence that a figure answers a question, as named numbers.

Is it of the kind and unit asked for; do its sentence, its clause and its neighbourhood hold the question's
characters; do the period and the scope agree. What each is worth is for `figure_ranking` to say.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import TYPE_CHECKING, NamedTuple

from retrieval import units
from retrieval.bounds import bound_of, keeps
from retrieval.figures import extract
from retrieval.language import places
from retrieval.metric_patterns import NEWS
from retrieval.plain import folded, plain
from retrieval.question import ASKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from retrieval.bounds import Bound
    from retrieval.model import Figure, Wanted

_FIGURES = 240  # of one passage: a table may hold thousands
_PLACES = 200  # of one gram in one passage
_DAY = re.compile(r"-?[\dX]{4}-[\dX]{2}-\d\d")
_SENTENCE_END = re.compile(r"[。！？!?；;\n]")
_CLAUSE_END = re.compile(r"[。！？!?；;\n，,、：:]")
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")
_HAN_CHARACTER = re.compile(r"[\u4e00-\u9fff]")
_WORD = re.compile(r"[a-z0-9.]+")
_SCOPE = re.compile("全国|全省|全市|全县|全区|全球|世界|亚洲|欧洲|亚太|中部|东部|西部|东北|国内|国外|省内")
_NOT_REACHED = re.compile("(?:尚未|还未|未能|没有|即将)[^，。,]{0,8}$")
_MILESTONE = re.compile(r"(?:[、和][\d.,]+[十百千万亿]*[^\d，,。]{0,4}){0,8}大关")
_PUBLISHING = re.compile("披露|公布|公告|发布|印发|刊[登发载]|报道|发表|宣布|出台|下发|发文")
_PER_ONE = re.compile("[每/]|[单均]价|[人户平]均")
_PER_ONE_ASKED = re.compile(rf"{_PER_ONE.pattern}|[票房电油水]价|工资|月薪|标准")
_STOP = re.compile("[，。,、；;：:]")
_FATES = tuple(
    re.compile(words)
    for words in ("死|丧生|[遇罹]难|身亡|遇害|牺牲|毙", "伤(?!亡)", "失[踪联]", "[被逮拘]捕|抓获|落网")
)
_REACH = 12.0  # characters over which nearness falls to 1/e


@dataclass(frozen=True, slots=True)
class RankedPassage:
    """A paragraph that the search found, with its figures in order.

    `score` is that of the search, 1.0 for the best paragraph; `rank` counts from 0. `row` is true for a
    table's row, whose figures have what its heads say as metric and period.
    """

    id: str
    title: str
    section: str | None
    text: str
    figures: Sequence[Figure]
    score: float
    rank: int
    row: bool = False


@dataclass(slots=True)
class Asked:
    """A question, taken apart once."""

    text: str
    wanted: Wanted
    grams: tuple[str, ...]  # bigrams and words that are not question words
    before: frozenset[str]  # bigrams just before the question word
    after: frozenset[str]  # and just after
    noun: frozenset[str]  # characters of what is asked about, next to the question word
    stated: frozenset[str]  # figures that the question itself states
    years: frozenset[str]
    scopes: frozenset[str]
    bound: Bound | None
    idf: dict[str, float] = field(default_factory=dict)
    idf_sum: float = 0.0


@dataclass(slots=True)
class Scene:
    """A passage with the places of the question's grams, and where its sentences end."""

    passage: RankedPassage
    text: str
    places: dict[str, list[int]]
    ends: list[int]
    title: frozenset[str]


class _Sentence(NamedTuple):
    start: int
    end: int
    overlap: float  # weighted share of the question's grams in it
    wider: float  # with the sentence before and the title


def ask(question: str, wanted: Wanted) -> Asked:
    """Take a question in its normal form apart."""
    match = ASKING.search(question)
    head, tail = (question[: match.start()], question[match.end() :]) if match else (question, "")
    stated = extract(question)
    return Asked(
        text=question,
        wanted=wanted,
        grams=tuple(dict.fromkeys([*grams(head), *grams(ASKING.sub(" ", tail))])),
        before=frozenset(grams(head[-7:])),
        after=frozenset(grams(tail[:7])),
        noun=frozenset(_HAN_CHARACTER.findall(head[-8:] if len(head) > 1 else tail[:8])),
        stated=frozenset(figure.text for figure in stated),
        years=frozenset(_years(stated)),
        scopes=frozenset(_SCOPE.findall(question)),
        bound=bound_of(question, stated),
    )


def _years(figures: Sequence[Figure]) -> Iterator[str]:
    for figure in figures:
        if figure.kind == "date" and isinstance(figure.value, str) and figure.value[:4].isdecimal():
            yield figure.value[:4]


def grams(text: str) -> list[str]:
    """List the bigrams of the Han runs, and the words in other letters."""
    pairs = [a + b for run in _HAN_RUN.findall(text) for a, b in pairwise(run)]
    return pairs + _WORD.findall(text)


def scene(passage: RankedPassage, asked: Asked) -> Scene:
    """Find the question's grams in a passage."""
    text = folded(passage.text)
    held = {gram: found for gram in asked.grams if (found := list(islice(places(text, gram), _PLACES)))}
    heading = folded(f"{passage.title} {passage.section or ''}")
    ends = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
    return Scene(passage, text, held, ends, frozenset(gram for gram in asked.grams if gram in heading))


def weigh(asked: Asked, scenes: Sequence[Scene]) -> None:
    """Weigh each gram by how few of the sentences at hand hold it."""
    total = sum(len(scene.ends) for scene in scenes)
    for gram in asked.grams:
        held = sum(
            len({bisect_left(scene.ends, place + 1) for place in scene.places.get(gram, ())})
            for scene in scenes
        )
        asked.idf[gram] = math.log(1 + (total - held + 0.5) / (held + 0.5)) if held else 0.0
    asked.idf_sum = sum(asked.idf.values())


def _share(asked: Asked, held: Collection[str]) -> float:
    """Weigh the grams held against all of the question's."""
    return sum(asked.idf[gram] for gram in held) / asked.idf_sum if asked.idf_sum else 0.0


def _within(scene: Scene, start: int, end: int) -> set[str]:
    held = set()
    for gram, stands in scene.places.items():
        index = bisect_left(stands, start)
        if index < len(stands) and stands[index] < end:
            held.add(gram)
    return held


def describe(scene: Scene, asked: Asked) -> Iterator[tuple[Figure, dict[str, float]]]:
    """Yield each figure of a passage with its features, most of them from 0 to 1; one not named is 0."""
    figures = scene.passage.figures[:_FIGURES]
    sentences: dict[int, _Sentence] = {}
    for figure in figures:
        index = bisect_left(scene.ends, figure.start + 1)
        if index not in sentences:
            sentences[index] = _sentence(scene, asked, index)
    best = max((sentence.overlap for sentence in sentences.values()), default=0.0)
    shared = _passage_features(scene, asked)
    previous = seen = 0
    for order, figure in enumerate(figures):
        sentence = sentences[bisect_left(scene.ends, figure.start + 1)]
        features = {
            **shared,
            "order": order / (1 + len(figures)),
            "sentence overlap": sentence.overlap,
            "sentence, the one before and title": sentence.wider,
            "best sentence of its passage": float(sentence.overlap >= best),
        }
        features |= _near_features(scene, asked, figure, sentence)
        following = figures[order + 1].start if order + 1 < len(figures) else len(scene.text)
        features |= _clause_features(scene, asked, figure, sentence, (previous, following))
        features |= _setting_features(scene, asked, figure)
        features |= _kind_features(figure, asked.wanted)
        features |= _period_features(figure, asked, scene.text[sentence.start : sentence.end])
        if scene.passage.row and asked.bound and figure.kind == "date":
            kept = keeps(figure, figures, asked.bound, asked.text)
            features |= {"bound kept": float(kept is True), "bound missed": float(kept is False)}
        if figure.kind in asked.wanted.kinds[:1]:
            features["first of its kind"] = float(seen == 0)
            seen += 1
        previous = figure.end
        yield figure, features


def _sentence(scene: Scene, asked: Asked, index: int) -> _Sentence:
    start, end = scene.ends[index - 1], scene.ends[min(index, len(scene.ends) - 1)]
    wider = _within(scene, scene.ends[max(0, index - 2)], end) | scene.title
    return _Sentence(start, end, _share(asked, _within(scene, start, end)), _share(asked, wider))


def _passage_features(scene: Scene, asked: Asked) -> dict[str, float]:
    return {
        "retrieval score": scene.passage.score,
        "first passage": float(scene.passage.rank == 0),
        "second passage": float(scene.passage.rank == 1),
        "passage overlap": _share(asked, scene.places),
        "title overlap": _share(asked, scene.title),
    }


def _near_features(scene: Scene, asked: Asked, figure: Figure, sentence: _Sentence) -> dict[str, float]:
    """Sum the grams' weights by nearness to the figure: before it, after it, in its sentence only."""
    before = after = inside = 0.0
    for gram, stands in scene.places.items():
        weight = asked.idf[gram]
        index = bisect_left(stands, figure.start)
        left = math.exp((stands[index - 1] + len(gram) - figure.start) / _REACH) if index else 0.0
        following = bisect_left(stands, figure.end, index)
        right = math.exp((figure.end - stands[following]) / _REACH) if following < len(stands) else 0.0
        before += weight * left
        after += weight * right
        if (index and stands[index - 1] >= sentence.start) or (
            following < len(stands) and stands[following] < sentence.end
        ):
            inside += weight * max(left, right)
    whole = asked.idf_sum or 1.0
    return {"near before": before / whole, "near after": after / whole, "near in sentence": inside / whole}


def _clause_features(
    scene: Scene, asked: Asked, figure: Figure, sentence: _Sentence, room: tuple[int, int]
) -> dict[str, float]:
    """Compare the question with the clause, and with the words that lead to this figure alone."""
    text = scene.text
    previous, following = room
    start, end = _clause(text, figure, sentence.start, sentence.end)
    since = max(start, previous, text.rfind("、", start, figure.start) + 1)
    characters = set(_HAN_CHARACTER.findall(text[max(since, figure.start - 16) : figure.start]))
    common = len(characters & asked.noun)
    left = text[max(sentence.start, figure.start - 12) : figure.start]
    right = text[figure.end : min(sentence.end, figure.end + 10, max(figure.end, following))]
    features = {
        "clause overlap": _share(asked, _within(scene, start, end)),
        "words of its own": _share(asked, _within(scene, since, figure.start)),
        "asked noun before": common / (len(asked.noun) or 1),
        "asked noun, and little else, before": common / (len(characters) or 1),
        "what stands after": _held(asked.after, right),
        "what stands after, before": _held(asked.after, left),
        "what stands before, after": _held(asked.before, right),
    }
    if figure.kind == "count":
        features |= _fate_feature(asked, text[figure.start : figure.end] + right, left)
    return features | _scope_features(asked, text[since : figure.start])


def _fate_feature(asked: Asked, after: str, before: str) -> dict[str, float]:
    """Tell the dead from the injured, by the words after the figure or else before it, in its clause."""
    after, before = _STOP.split(after)[0], _STOP.split(before)[-1]
    told = [(fate.search(asked.text), fate.search(after), fate.search(before)) for fate in _FATES]
    if sum(asked_for is not None for asked_for, _, _ in told) != 1:
        return {}
    place = next((place for place in (1, 2) if any(words[place] for words in told)), None)
    if place is None:
        return {}
    agrees = any(words[0] and words[place] for words in told)
    return {"same fate" if agrees else "another fate": 1.0}


def _setting_features(scene: Scene, asked: Asked, figure: Figure) -> dict[str, float]:
    text = scene.text
    features = {
        "in parentheses": float(text[figure.start - 1 : figure.start] == "("),
        "stated in the question": float(plain(figure.text) in asked.stated),
        "milestone": float(_MILESTONE.match(text, figure.end) is not None),
        "not reached": float(_NOT_REACHED.search(text, max(0, figure.start - 12), figure.start) is not None),
    }
    features |= _report_feature(text, asked, figure) | _per_one_feature(text, asked, figure)
    if figure.metric:
        metric = plain(figure.metric).lower()
        features["metric named"] = float(metric in asked.text)
        features["metric overlap"] = _held(frozenset(grams(metric)), " ".join(asked.grams))
    return features


def _report_feature(text: str, asked: Asked, figure: Figure) -> dict[str, float]:
    """Tell the date of a report (`3月5日电`, `3月5日晚公告`) from those of what it reports."""
    if figure.kind != "date" or asked.wanted.kinds[:1] != ("date",) or not NEWS.match(text, figure.end):
        return {}
    return {f"report's date, {'asked' if _PUBLISHING.search(asked.text) else 'not asked'}": 1.0}


def _per_one_feature(text: str, asked: Asked, figure: Figure) -> dict[str, float]:
    """Tell a price, an average or a rate from a total."""
    words = f"{figure.unit}{plain(figure.metric or '')}{text[max(0, figure.start - 6) : figure.start]}"
    if figure.kind not in {"money", "count", "measure"} or not _PER_ONE.search(words):
        return {}
    return {f"per one, {'asked' if _PER_ONE_ASKED.search(asked.text) else 'not asked'}": 1.0}


def _clause(text: str, figure: Figure, start: int, end: int) -> tuple[int, int]:
    begin = start
    for match in _CLAUSE_END.finditer(text, start, figure.start):
        begin = match.end()
    stop = _CLAUSE_END.search(text, figure.end, end)
    return begin, stop.start() if stop else end


def _scope_features(asked: Asked, words: str) -> dict[str, float]:
    """Compare the scope of a rank or amount with the one asked about (`全国第8、中部第1`)."""
    if not asked.scopes:
        return {}
    scopes = set(_SCOPE.findall(words))
    return {
        "scope": float(bool(scopes & asked.scopes)),
        "another scope": float(bool(scopes) and not scopes & asked.scopes),
    }


def _held(grams: frozenset[str], text: str) -> float:
    return sum(gram in text for gram in grams) / len(grams) if grams else 0.0


def _kind_features(figure: Figure, wanted: Wanted) -> dict[str, float]:
    if not wanted.kinds:
        return {}
    places = {wanted.kinds[0]: "first kind", **dict.fromkeys(wanted.kinds[1:], "second kind")}
    features = {places.get(figure.kind, "another kind"): 1.0}
    if wanted.unit is not None:
        features[_unit_feature(figure.unit, wanted.unit)] = 1.0
    elif figure.unit is None and figure.kind != "date":
        features["bare"] = 1.0
    if figure.kind == "date":
        features |= _date_features(figure, wanted)
    return features | {
        "one, or just a": float(figure.value == 1 and figure.text[0] == "一"),
        "duration for a date": float(figure.kind == "duration" and wanted.kinds[0] == "date"),
    }


def _unit_feature(unit: str | None, wanted: str) -> str:
    if unit == wanted:
        return "unit"
    if unit is None:
        return "no unit"
    return "compatible unit" if units.compatible(unit, wanted) else "another unit"


def _date_features(figure: Figure, wanted: Wanted) -> dict[str, float]:
    value = figure.value[0] if isinstance(figure.value, tuple) else figure.value
    date = value if isinstance(value, str) else ""
    asked = wanted.grain or ("open" if wanted.kinds[0] == "date" else "none")
    return {
        f"date with year, {asked} asked": float(date != "" and not date.startswith("XXXX")),
        f"date with day, {asked} asked": float(_DAY.match(date) is not None),
        f"date with time, {asked} asked": float("T" in date),
        f"date unknown, {asked} asked": float(not date),
        f"length of date, {asked} asked": min(len(figure.text), 12) / 12,
    }


def _period_features(figure: Figure, asked: Asked, sentence: str) -> dict[str, float]:
    if not asked.years:
        return {}
    if figure.kind == "date":
        year = str(figure.value)[:4] if isinstance(figure.value, str) else "XXXX"
        if asked.wanted.grain == "year" or not year.isdecimal():
            return {}
        return {"date in the year asked about" if year in asked.years else "date in another year": 1.0}
    period = plain(figure.period or "")
    if any(year in period for year in asked.years):
        return {"same period": 1.0}
    if re.search(r"\d{4}", period):
        return {"another period": 1.0}
    return {"period in sentence": float(any(year in sentence for year in asked.years))}
