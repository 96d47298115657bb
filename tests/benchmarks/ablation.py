"""`make ablation SETS="FOLDER …"`: what each means of the retrieval is worth, on judged sets.

The first rows add one means after another to plain BM25, the last ones each take one from the full system.
Every row but rank-bm25's is the retrieval itself with some of its values switched for the time.
A cell is recall@1 / recall@5 in percent, over the questions that have an answer.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from retrieval import answer, encoding, language
from retrieval.baseline import Baseline
from retrieval.embedded import EmbeddedSearcher
from retrieval.evaluation import index_passages
from retrieval.judged_sets import read_set
from retrieval.measures import mean_of_sets, ranking
from retrieval.postings import Postings
from retrieval.reranking import WEIGHTS
from retrieval.synonyms import Synonyms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retrieval.judged_sets import JudgedQuestion, JudgedSet
    from retrieval.measures import Measures
    from retrieval.model import Paragraph
    from retrieval.snapshot import Snapshot

    Switch = tuple[object, str, object]
    """A module, an object or a dict, the name of a value in it, and the value in its place."""

DEPTH = 5
PLAIN = "rank-bm25, words of jieba"
FULL = "+ reranking: the full system"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="a judged set")
    parser.add_argument(
        "--questions", type=int, metavar="N", help="at most N of each set, the same every time"
    )
    options = parser.parse_args()
    sets = [read_set(folder) for folder in options.folders]
    table: dict[str, list[Measures]] = {}
    for own in sets:
        print(f"{own.name} …", file=sys.stderr)
        for name, measures in _measure(own, options.questions).items():
            table.setdefault(name, []).append(measures)
    _print([own.name for own in sets], table)


def _measure(own: JudgedSet, most: int | None) -> dict[str, Measures]:
    """The measures of each row on one set."""
    questions = [judged for judged in own.questions if judged.passage_ids]
    if most is not None and most < len(questions):
        questions = random.Random(0).sample(questions, most)
    plain = Baseline(own.passages)
    ranks = [judged.rank_in(plain.search(judged.question, DEPTH)) for judged in questions]
    with tempfile.TemporaryDirectory() as folder:
        corpus = index_passages(own.passages, Path(folder), None)
        rows = {name: _ask(corpus, questions, off) for name, off in _rows(corpus, own.passages).items()}
    return {PLAIN: ranking(ranks), **rows}


def _rows(corpus: Snapshot, passages: Sequence[Paragraph]) -> dict[str, tuple[Switch, ...]]:
    """What is switched in each row, by the row's name."""
    no_context: tuple[Switch, ...] = ((corpus.searcher, "_context", (0.0, 0.0)),)
    evidence: dict[str, Switch] = {name: (WEIGHTS, name, 0.0) for name in WEIGHTS}
    no_reranking = tuple(off for name, off in evidence.items() if name != "score")
    no_synonyms: Switch = (answer, "built_in", lambda: Synonyms({}))
    bm25 = (*no_reranking, no_synonyms)
    return {
        "words": (*bm25, *_only("words", corpus, passages)),
        "bigrams": (*bm25, *_only("bigrams", corpus, passages)),
        "words + bigrams": (*bm25, *no_context),
        "+ context": bm25,
        "+ synonyms": no_reranking,
        FULL: (),
        **{f"  without evidence: {name}": (off,) for name, off in evidence.items()},
        "  without context": no_context,
        "  without synonyms": (no_synonyms,),
    }


def _only(kept: str, corpus: Snapshot, passages: Sequence[Paragraph]) -> tuple[Switch, ...]:
    """Search for one sort of tokens alone, each paragraph by itself."""
    sorts = {"words": ("_words",), "bigrams": ("bigrams_of", "_around_latin")}
    others = (function for sort, functions in sorts.items() if sort != kept for function in functions)
    alone: list[Switch] = [(language, function, lambda *_: []) for function in others]
    with _switched(alone):
        parts = (encoding.words_and_runs(passage, corpus.dictionary) for passage in passages)
        postings = Postings.count(words + language.bigrams_of(runs) for words, runs in parts)
    return (*alone, (corpus, "searcher", EmbeddedSearcher.over(postings, np.arange(len(passages)))))


def _ask(corpus: Snapshot, questions: Sequence[JudgedQuestion], switches: Sequence[Switch]) -> Measures:
    ranks = []
    with _switched(switches):
        for judged in questions:
            found = corpus.search(answer.understand(judged.question, corpus.dictionary), DEPTH)
            ranks.append(judged.rank_in(hit.paragraph.id for hit, _ in found))
    return ranking(ranks)


@contextmanager
def _switched(switches: Sequence[Switch]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for target, name, value in switches:
            if isinstance(target, dict):
                patch.setitem(target, name, value)
            else:
                patch.setattr(target, name, value)
        yield


def _print(sets: Sequence[str], table: dict[str, list[Measures]]) -> None:
    """Print each row's recalls, their mean over the sets, and how far that is from the full system's."""
    full = mean_of_sets(table[FULL])
    columns = [f"{name:>{max(len(name), 13)}}" for name in (*sets, "mean", "to the full")]
    print(f"{'':36}", *columns, sep="  ")
    for name, measures in table.items():
        mean = mean_of_sets(measures)
        lost = {measure: mean[measure] - full[measure] for measure in mean if measure in full}
        cells = [*map(_cell, (*measures, mean)), _cell(lost, "+")]
        line = (f"{cell:>{len(top)}}" for cell, top in zip(cells, columns, strict=True))
        print(f"{name:36}", *line, sep="  ")


def _cell(measures: Measures, sign: str = "") -> str:
    shares = (measures.get(f"recall@{k}") for k in (1, 5))
    return " / ".join("–" if share is None else f"{100 * share:{sign}.1f}" for share in shares)


if __name__ == "__main__":
    main()
