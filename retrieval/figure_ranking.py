"""Which figure of the retrieved paragraphs answers the question: a weighted sum of visible evidence.

Each figure is described by named features (is it of the kind asked for, do its sentence and its neighbourhood hold
the question's characters, does the period agree …), and `WEIGHTS` says what each is worth. The weights were
learned, as a linear softmax over the figures of each question, on judged question sets; nothing is learned here.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from retrieval import units
from retrieval.figures import extract
from retrieval.plain import plain
from retrieval.question import ASKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retrieval.model import Figure, Wanted

WEIGHTS: dict[str, float] = {}

PASSAGES = 6  # paragraphs that are looked into; later ones hardly ever win
_FIGURES = 240  # of one paragraph: a table may hold thousands
_SENTENCE_END = re.compile(r"[。！？!?；;\n]")
_CLAUSE_END = re.compile(r"[。！？!?；;\n，,、：:]")
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")
_WORD = re.compile(r"[a-z0-9.]+")
_REACH = 12.0  # characters over which nearness falls to 1/e


@dataclass(frozen=True, slots=True)
class RankedPassage:
    """A paragraph that the search found, with its figures in order; `score` is 1.0 for the best, `rank` from 0."""

    id: str
    title: str
    section: str | None
    text: str
    figures: Sequence[Figure]
    score: float
    rank: int


@dataclass(slots=True)
class _Asked:
    """The question, taken apart once."""

    wanted: Wanted
    grams: tuple[str, ...]  # bigrams and words that are not question words
    before: frozenset[str]  # bigrams just before the question word
    after: frozenset[str]  # and just after
    given: frozenset[str]  # figures that the question itself states
    years: frozenset[str]
    idf: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class _Scene:
    """One passage with the places of the question's grams."""

    passage: RankedPassage
    text: str
    places: dict[str, list[int]]
    ends: list[int]
    title: frozenset[str]


def rank(question: str, wanted: Wanted, passages: Sequence[RankedPassage]) -> list[Figure]:
    """Order the figures of the first passages, best first; `question` is in its normal form.

    A date is cut to the year where a year is asked for. Empty where the question asks for no figure,
    unless it names the metric of one.
    """
    asked = _ask(question, wanted)
    scenes = [_scene(passage, asked) for passage in passages[:PASSAGES]]
    _weigh_grams(asked, scenes)
    scored: list[tuple[float, Figure]] = []
    for scene in scenes:
        scored += [
            (sum(WEIGHTS.get(name, 0.0) * value for name, value in features.items()), figure)
            for figure, features in describe(scene, asked)
        ]
    if not wanted.kinds:
        scored = [(score, figure) for score, figure in scored if _names(asked, figure)]
    scored.sort(key=lambda pair: -pair[0])
    return _distinct(_trim(figure, wanted) for _, figure in scored)


def _distinct(figures: Iterator[Figure]) -> list[Figure]:
    seen: set[object] = set()
    kept = []
    for figure in figures:
        key = (figure.kind, figure.value if figure.value is not None else figure.text, figure.unit)
        if key not in seen:
            seen.add(key)
            kept.append(figure)
    return kept


def _ask(question: str, wanted: Wanted) -> _Asked:
    match = None
    for match in ASKING.finditer(question):
        break
    head, tail = (question[: match.start()], question[match.end() :]) if match else (question, "")
    grams = dict.fromkeys([*_grams(head), *_grams(ASKING.sub(" ", tail))])
    stated = extract(question)
    return _Asked(
        wanted,
        tuple(grams),
        frozenset(_grams(head[-7:])),
        frozenset(_grams(tail[:7])),
        frozenset(figure.text for figure in stated),
        frozenset(str(figure.value)[:4] for figure in stated if figure.kind == "date" and isinstance(figure.value, str)),
    )


def _grams(text: str) -> list[str]:
    pairs = [run[i : i + 2] for run in _HAN_RUN.findall(text) for i in range(len(run) - 1)]
    return pairs + _WORD.findall(text)


def _scene(passage: RankedPassage, asked: _Asked) -> _Scene:
    text = plain(passage.text).lower()
    if len(text) != len(passage.text):  # İ and its like grow in lower case
        text = plain(passage.text)
    places = {}
    for gram in asked.grams:
        found = []
        place = text.find(gram)
        while place >= 0 and len(found) < 200:
            found.append(place)
            place = text.find(gram, place + 1)
        if found:
            places[gram] = found
    heading = plain(f"{passage.title} {passage.section or ''}").lower()
    ends = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
    return _Scene(passage, text, places, ends, frozenset(gram for gram in asked.grams if gram in heading))


def _weigh_grams(asked: _Asked, scenes: Sequence[_Scene]) -> None:
    """Weigh each gram by how few of the sentences at hand hold it."""
    total = sum(len(scene.ends) for scene in scenes) or 1
    for gram in asked.grams:
        held = sum(
            len({bisect_left(scene.ends, place + 1) for place in scene.places.get(gram, ())}) for scene in scenes
        )
        asked.idf[gram] = math.log(1 + (total - held + 0.5) / (held + 0.5)) if held else 0.0


def _share(asked: _Asked, grams: set[str] | frozenset[str]) -> float:
    whole = sum(asked.idf.values())
    return sum(asked.idf[gram] for gram in grams) / whole if whole else 0.0


def _within(scene: _Scene, start: int, end: int) -> set[str]:
    held = set()
    for gram, places in scene.places.items():
        index = bisect_left(places, start)
        if index < len(places) and places[index] < end:
            held.add(gram)
    return held


def _near(scene: _Scene, asked: _Asked, figure: Figure, start: int, end: int) -> tuple[float, float, float]:
    """Sum the grams' weights by nearness to the figure: before it, after it, in its sentence only."""
    whole = sum(asked.idf.values()) or 1.0
    before = after = inside = 0.0
    for gram, places in scene.places.items():
        weight = asked.idf[gram]
        index = bisect_left(places, figure.start)
        left = math.exp((places[index - 1] + len(gram) - figure.start) / _REACH) if index else 0.0
        while index < len(places) and places[index] < figure.end:
            index += 1
        right = math.exp((figure.end - places[index]) / _REACH) if index < len(places) else 0.0
        before += weight * left
        after += weight * right
        if (index and places[index - 1] >= start) or (index < len(places) and places[index] < end):
            inside += weight * max(left, right)
    return before / whole, after / whole, inside / whole


def describe(scene: _Scene, asked: _Asked) -> Iterator[tuple[Figure, dict[str, float]]]:
    """Yield each figure of a passage with its features, most from 0 to 1."""
    figures = scene.passage.figures[:_FIGURES]
    sentences: dict[int, tuple[int, int, float, float]] = {}
    whole = _share(asked, set(scene.places))
    best = 0.0
    kinds = asked.wanted.kinds
    for figure in figures:
        index = bisect_left(scene.ends, figure.start + 1)
        if index not in sentences:
            start, end = scene.ends[index - 1], scene.ends[min(index, len(scene.ends) - 1)]
            share = _share(asked, _within(scene, start, end))
            wider = _share(asked, _within(scene, scene.ends[max(0, index - 2)], end) | scene.title)
            sentences[index] = start, end, share, wider
        best = max(best, sentences[index][2])
    order = 0
    seen_of_kind = 0
    for figure in figures:
        start, end, share, wider = sentences[bisect_left(scene.ends, figure.start + 1)]
        features = {
            "retrieval score": scene.passage.score,
            "first passage": float(scene.passage.rank == 0),
            "second passage": float(scene.passage.rank == 1),
            "passage overlap": whole,
            "sentence overlap": share,
            "best sentence of its passage": float(share >= best - 1e-9),
            "sentence, the one before and title": wider,
            "title overlap": _share(asked, scene.title),
        }
        clause_start, clause_end = _clause(scene.text, figure, start, end)
        clause = _within(scene, clause_start, clause_end)
        features["clause overlap"] = _share(asked, clause)
        before, after, inside = _near(scene, asked, figure, start, end)
        features |= {"near before": before, "near after": after, "near in sentence": inside}
        left = scene.text[max(start, figure.start - 12) : figure.start]
        right = scene.text[figure.end : min(end, figure.end + 10)]
        features |= {
            "what stands before": _held(asked.before, left),
            "what stands after": _held(asked.after, right),
            "what stands after, before": _held(asked.after, left),
            "what stands before, after": _held(asked.before, right),
        }
        if figure.metric:
            features["metric overlap"] = _held(frozenset(_grams(plain(figure.metric).lower())), " ".join(asked.grams))
        features |= _kind_features(figure, asked.wanted)
        features |= _period_features(figure, asked, scene.text[start:end])
        if figure.text in asked.given or plain(figure.text) in asked.given:
            features["stated in the question"] = 1.0
        if "大关" in scene.text[figure.end : figure.end + 24] and "、" in scene.text[figure.end : figure.end + 1]:
            features["milestone"] = 1.0
        if kinds and figure.kind == kinds[0]:
            features["first of its kind"] = float(seen_of_kind == 0)
            seen_of_kind += 1
        features["order"] = order / (1 + len(figures))
        features["in parentheses"] = float(scene.text[figure.start - 1 : figure.start] in {"(", "（"})
        features["in the first sentence"] = float(start == 0)
        order += 1
        yield figure, features


def _clause(text: str, figure: Figure, start: int, end: int) -> tuple[int, int]:
    begin = start
    for match in _CLAUSE_END.finditer(text, start, figure.start):
        begin = match.end()
    stop = _CLAUSE_END.search(text, figure.end, end)
    return begin, stop.start() if stop else end


def _held(grams: frozenset[str], text: str) -> float:
    return sum(gram in text for gram in grams) / len(grams) if grams else 0.0


def _kind_features(figure: Figure, wanted: Wanted) -> dict[str, float]:
    features: dict[str, float] = {}
    if not wanted.kinds:
        return features
    if figure.kind == wanted.kinds[0]:
        features["first kind"] = 1.0
    elif figure.kind in wanted.kinds:
        features["second kind"] = 1.0
    else:
        features["another kind"] = 1.0
    if wanted.unit is not None:
        if figure.unit == wanted.unit:
            features["unit"] = 1.0
        elif figure.unit is None:
            features["no unit"] = 1.0
        elif units.compatible(figure.unit, wanted.unit):
            features["compatible unit"] = 1.0
        else:
            features["another unit"] = 1.0
    elif figure.unit is None and figure.kind != "date":
        features["bare"] = 1.0
    if isinstance(figure.value, tuple):
        features["range"] = 1.0
    if figure.kind == "date":
        features |= _date_features(figure, wanted)
    elif figure.value == 1 and figure.text[0] == "一":
        features["one, or just a"] = 1.0
    if figure.kind == "duration" and wanted.kinds[0] == "date":
        features["duration for a date"] = 1.0
    return features


def _date_features(figure: Figure, wanted: Wanted) -> dict[str, float]:
    value = figure.value if isinstance(figure.value, str) else (figure.value or ("",))[0] if figure.value else ""
    value = str(value)
    has_year = bool(value) and not value.startswith("XXXX")
    has_day = re.fullmatch(r"[-\dX]*-\d\d-\d\d.*|XXXX-(?:XX|\d\d)-\d\d.*", value) is not None
    grain = wanted.grain or ("open" if wanted.kinds and wanted.kinds[0] == "date" else "none")
    features = {
        f"date with year, {grain} asked": float(has_year),
        f"date with day, {grain} asked": float(has_day),
        f"date with time, {grain} asked": float("T" in value),
        f"date unknown, {grain} asked": float(not value),
        f"length of date, {grain} asked": min(len(figure.text), 12) / 12,
    }
    return {name: value for name, value in features.items() if value}


def _period_features(figure: Figure, asked: _Asked, sentence: str) -> dict[str, float]:
    if not asked.years or figure.kind == "date":
        return {}
    period = plain(figure.period or "")
    if any(year in period for year in asked.years):
        return {"same period": 1.0}
    if re.search(r"\d{4}", period):
        return {"another period": 1.0}
    return {"period in sentence": float(any(year in sentence for year in asked.years))}


def _names(asked: _Asked, figure: Figure) -> bool:
    """Tell whether a question without a question word names the figure's metric."""
    metric = _grams(plain(figure.metric or "").lower())
    return bool(metric) and sum(gram in asked.grams for gram in metric) >= max(2, 0.6 * len(asked.grams))


_GRAINS = {"year": (re.compile(r".*?年(?![代度])"), re.compile(r"-?\d{4}(?!\d)")),
           "day": (re.compile(r".*[日号]"), re.compile(r"[-\dX]{4,5}-[\dX]{2}-\d{2}"))}


def _trim(figure: Figure, wanted: Wanted) -> Figure:
    """Cut a date to its year or its day, where that is asked for."""
    if wanted.grain not in _GRAINS or figure.kind != "date" or not isinstance(figure.value, str):
        return figure
    words, value = (pattern.match(part) for pattern, part in zip(_GRAINS[wanted.grain], (plain(figure.text), figure.value), strict=True))
    if words is None or value is None:
        return figure
    return replace(figure, text=figure.text[: words.end()], value=value[0], end=figure.start + words.end())
