"""Asks judged questions and measures the answers; plain rank-bm25 is asked the same where that is wanted.

A judged set brings its own corpus; votes are measured on the index in use, which stays as it is.
"""

from __future__ import annotations

import json
import os
import random
import tempfile
import time
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval import locks, snapshot
from retrieval.answer import answer, as_json
from retrieval.baseline import Baseline
from retrieval.dictionary import Dictionary, build_dictionary
from retrieval.encoding import row_of
from retrieval.engine import EMBEDDED
from retrieval.judged_sets import JudgedSet, read_set
from retrieval.language import normalise
from retrieval.measures import Tally, mean, ranking, timing
from retrieval.misses import figure_missed, first_match, missed, worst, worst_figures
from retrieval.segments import SegmentWriter
from retrieval.snapshot import Origin, Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from retrieval.engine import Engine
    from retrieval.judged_sets import JudgedQuestion
    from retrieval.measures import Measures
    from retrieval.misses import FigureMiss, Match, Miss
    from retrieval.model import Paragraph
    from retrieval.synonyms import Synonyms

DEPTH = 10
FOREIGN = 200  # questions of the other sets that each corpus is asked, the same ones in every run


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was measured on one set, and with rank-bm25 as `plain`; its misses, the worst first.

    `disliked` are questions that still get the paragraph that was voted wrong, with that paragraph.
    """

    name: str
    measures: Measures
    plain: Measures | None = None
    misses: tuple[Miss, ...] = ()
    figure_misses: tuple[FigureMiss, ...] = ()
    disliked: tuple[tuple[str, Match | None], ...] = ()


def _unwatched(_name: str, questions: Sequence[JudgedQuestion]) -> Iterable[JudgedQuestion]:
    return questions


@dataclass(frozen=True, slots=True)
class Options:
    """`compare` asks plain rank-bm25, too; `errors` is how many misses of each sort are explained.

    `answers`, of one set, gets a JSON object a line, as `wenju ask --json` prints. `progress` wraps the
    questions of the set named, as a progress bar does. Without `synonyms` the built-in ones are used.
    """

    compare: bool = False
    errors: int = 0
    answers: Path | None = None
    progress: Callable[[str, Sequence[JudgedQuestion]], Iterable[JudgedQuestion]] = _unwatched
    synonyms: Synonyms | None = None


DEFAULTS = Options()


def evaluate(
    folders: Sequence[Path],
    dictionary: Path | None = None,
    options: Options = DEFAULTS,
    engine: Engine = EMBEDDED,
) -> Iterator[Evaluation]:
    """Measure on the judged sets in `folders`, one after another.

    Of several sets each corpus is also asked questions of the others, which it should refuse: `foreign` and
    `foreign_refused`. Raise WenjuError where a set cannot be read, or the engine is away.
    """
    sets = [read_set(folder) for folder in folders]
    engine.check(None)
    for own in sets:
        with tempfile.TemporaryDirectory() as folder:
            try:
                corpus = index_passages(own.passages, Path(folder), dictionary, engine)
                evaluation = evaluate_set(corpus, own, options)
                if len(sets) > 1:
                    foreign = _foreign(corpus, [other for other in sets if other is not own], options)
                    evaluation = replace(evaluation, measures={**evaluation.measures, **foreign})
            finally:
                engine.drop(Path(folder).name)
        yield evaluation


def evaluate_set(corpus: Snapshot, own: JudgedSet, options: Options = DEFAULTS) -> Evaluation:
    """Measure on a set whose passages are `corpus`, alone."""
    tally = Tally()
    misses: list[Miss | None] = []
    figure_misses: list[FigureMiss | None] = []
    with options.answers.open("w", encoding="utf-8") if options.answers else nullcontext() as lines:
        for judged in options.progress(own.name, own.questions):
            given = answer(corpus, judged.question, DEPTH, synonyms=options.synonyms)
            tally.add(judged, given)
            if options.errors:
                misses.append(missed(corpus, judged, given))
                figure_misses.append(figure_missed(judged, given))
            if lines:
                row = {"id": judged.id, **as_json(given, corpus)}
                lines.write(json.dumps(row, ensure_ascii=False) + "\n")
    return Evaluation(
        own.name,
        tally.measures(),
        _plain(own, options) if options.compare else None,
        worst(filter(None, misses), options.errors),
        worst_figures(filter(None, figure_misses), options.errors),
    )


def evaluate_votes(
    corpus: Snapshot,
    upvoted: Sequence[JudgedQuestion],
    downvoted: Sequence[JudgedQuestion],
    options: Options = DEFAULTS,
) -> Evaluation:
    """Ask questions anew of which a paragraph was voted right, or wrong: it is in their `passage_ids`.

    `changed` counts the downvoted ones that get another first paragraph now, or none; `gone` the votes on
    paragraphs that the corpus no longer has, which count for nothing else.
    """
    ups, downs = ([vote for vote in votes if _is_held(corpus, vote)] for votes in (upvoted, downvoted))
    everything = tuple(corpus.at(row)[0] for row in range(corpus.paragraphs)) if options.compare else ()
    evaluation = evaluate_set(corpus, JudgedSet("log", everything, tuple(ups)), options)
    again = [(judged, answer(corpus, judged.question, DEPTH, synonyms=options.synonyms)) for judged in downs]
    still = [given for judged, given in again if judged.rank(given) == 1 and (given.found or given.near)]
    own = evaluation.measures
    measures = {
        "upvoted": len(ups),
        **{name: own[name] for name in own if name.startswith(("recall", "mrr", "found", "milliseconds"))},
        "downvoted": len(downs),
        "changed": len(downs) - len(still),
        "gone": len(upvoted) + len(downvoted) - len(ups) - len(downs),
    }
    disliked = tuple((given.question.text, first_match(corpus, given)) for given in still[: options.errors])
    return replace(evaluation, measures=measures, disliked=disliked)


def index_passages(
    passages: Sequence[Paragraph], folder: Path, dictionary: Path | None, engine: Engine = EMBEDDED
) -> Snapshot:
    """Make a Snapshot of paragraphs as they are; those of one Document stand in a row."""
    build_dictionary(folder, dictionary, normalise)
    words = Dictionary(folder, in_bulk=True)
    rows = (row_of(passage, words) for passage in passages)
    lock = locks.hold(folder)
    with tempfile.TemporaryDirectory() as scratch:
        writer = SegmentWriter(Path(scratch) / "passages")
        writer.add("passages.jsonl", folder.stat(), rows)
        segment = writer.close()
        whole = snapshot.write(folder, [(segment, file) for file in segment.files], Origin(str(folder)))
    engine.fill(folder, whole, lambda _: None)
    os.close(lock)
    return Snapshot(folder, engine=engine)


def _plain(own: JudgedSet, options: Options) -> Measures:
    peer = Baseline(own.passages)
    ranks, milliseconds = [], []
    answerable = [judged for judged in own.questions if judged.passage_ids]
    for judged in options.progress(f"{own.name} (plain)", answerable):
        started = time.perf_counter()
        ids = peer.search(judged.question, DEPTH)
        milliseconds.append((time.perf_counter() - started) * 1000)
        ranks.append(judged.rank_in(ids))
    return {**ranking(ranks), **timing(milliseconds)}


def _foreign(corpus: Snapshot, others: Iterable[JudgedSet], options: Options) -> Measures:
    questions = [judged for other in others for judged in other.questions if judged.passage_ids]
    asked = random.Random(0).sample(questions, min(FOREIGN, len(questions)))  # noqa: S311 - a sample, no secret
    refused = [
        not answer(corpus, judged.question, DEPTH, synonyms=options.synonyms).found for judged in asked
    ]
    return {"foreign": len(asked), "foreign_refused": mean(refused)}


def _is_held(corpus: Snapshot, judged: JudgedQuestion) -> bool:
    return any(corpus.row(paragraph) is not None for paragraph in judged.passage_ids)
