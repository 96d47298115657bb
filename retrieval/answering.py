"""Which sentences of a paragraph answer a question: by its words, the figure, and the kind asked for.

They are chosen for the eye, among the sentences of one paragraph; what is found and in which order is settled
before. Nothing is chosen where that would be nearly the whole paragraph.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retrieval import lists
from retrieval.plain import folded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retrieval.model import Figure, Question, Span

# All weights are in shares of the best sentence's words; they were chosen on judged sets.
FIGURE = 1.0  # it holds the figure that answers
KIND = 0.2  # it says a person, a place or a reason, where that is asked for
CHARACTERS = 0.3  # how many of the question's characters it holds, whatever the words
FIRST = 0.1  # a paragraph tends to begin with what it is about
SECOND = 0.8  # a second sentence is chosen from this share of the best one's score

LONG = 80  # characters from which two sentences are told apart
_MOST = 2 / 3  # of the paragraph
_SENTENCE = re.compile(r"[^。！？!?；;…\n]+(?:[。！？!?；;…]+[”’」』）)】》〉\]\"']*)?")
_NO_WORD = re.compile(r"[\W_]+")

# What is asked for, and the words of a sentence that may say it; the first that the question holds decides.
_KINDS = (
    (
        re.compile(r"为什么|为何|为啥|何以|怎么会|原因|缘故"),
        re.compile(r"因为|由于|因此|因而|所以|为了|鉴于|基于|导致|造成|使得|原因"),
    ),
    (
        re.compile(
            r"哪里|哪儿|在哪|何处|何地|什么地方|地点|哪一?个?(?:国家?|省|[城都]?市|县|地区|州|镇|村|区)"
        ),
        re.compile(r"位于|地处|坐落|来自|[在于到至赴往]\w{1,12}?[省市县区国州镇村路街山河岛湾港洲部]"),
    ),
    (
        re.compile(r"谁|哪一?[位名]|哪一?个人|何人|什么人"),
        re.compile(
            r"主席|总统|书记|总理|首相|主任|[省市县镇局厅处校院厂行社团队]长|总裁|经理|董事|教授|博士|先生|女士|作者|记者|"
            r"导演|演员|将军|[国女]王|皇帝|[父母]亲|妻子|丈夫|[儿女]子?|·"
        ),
    ),
)


def answering_sentences(
    question: Question, text: str, idf: Mapping[str, float], figure: Figure | None = None
) -> tuple[Span, ...]:
    """Return the one or two sentences of `text` that answer best, in their order.

    `idf` has the weight of each of the question's terms that the corpus holds; `figure` is the best one of
    this text. For a question for a list, the list with what leads in to it counts as one sentence.
    """
    spans = lists.blocks(text) if lists.asks_for_list(question.normal) else _sentences(text)
    if len(spans) < 2 or (len(spans) == 2 and len(text) < LONG):
        return ()
    scores = _scores(question, text, spans, idf, figure)
    best, second = sorted(range(len(spans)), key=lambda place: -scores[place])[:2]
    if not scores[best]:
        return ()
    most = len(text) * _MOST
    both = tuple(sorted((spans[best], spans[second])))
    if scores[second] >= SECOND * scores[best] and _length(both) <= most:
        return both
    return (spans[best],) if _length((spans[best],)) <= most else ()


def _sentences(text: str) -> list[Span]:
    return [found.span() for found in _SENTENCE.finditer(text) if found[0].strip()]


def _scores(
    question: Question, text: str, spans: Sequence[Span], idf: Mapping[str, float], figure: Figure | None
) -> list[float]:
    """Score each sentence; all are 0 where none holds a word of the question or the figure."""
    shown = folded(text)
    sentences = [shown[start:end] for start, end in spans]
    words = [(term, weight) for term, weight in idf.items() if len(term) > 1 and term in shown]
    overlaps = [sum(weight for term, weight in words if term in sentence) for sentence in sentences]
    best = max(overlaps)
    if not best and figure is None:
        return [0.0] * len(spans)
    whole = sum(weight for _, weight in words) / (best or 1.0)
    characters = frozenset(_NO_WORD.sub("", question.normal))
    kind = next((says for asks, says in _KINDS if asks.search(question.normal)), None)
    scores = []
    for place, ((start, end), sentence) in enumerate(zip(spans, sentences, strict=True)):
        score = overlaps[place] / (best or 1.0)
        score += CHARACTERS * whole * len(characters.intersection(sentence)) / (len(characters) or 1)
        score += FIGURE * (figure is not None and start <= figure.start < end)
        score += KIND * (kind is not None and kind.search(sentence) is not None)
        scores.append(score + FIRST * (place == 0))
    return scores


def _length(spans: Sequence[Span]) -> int:
    return sum(end - start for start, end in spans)
