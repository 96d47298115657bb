"""`make bench`: our scores beside rank-bm25's own scan, in one run, on the same tokens and the same queries.

The paragraphs are drawn from jieba's word frequencies, so that common and rare terms are as frequent as in
real text. Both engines get the words and bigrams of the same paragraphs, and their scores are compared.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
import tracemalloc
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jieba
import numpy as np
from rank_bm25 import BM25Plus

from retrieval.answer import answer
from retrieval.bm25 import BM25, K1, B
from retrieval.dictionary import Dictionary, build_dictionary
from retrieval.embedded import EmbeddedSearcher
from retrieval.index import Index
from retrieval.language import normalise, question_terms, tokens
from retrieval.postings import Postings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WORDS_A_PARAGRAPH = 60
PARAGRAPHS_A_DOCUMENT = 10
SCANS = 20  # queries for the scan, which is slow
QUERIES = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000], help="paragraphs")
    sizes = parser.parse_args().sizes
    with tempfile.TemporaryDirectory() as folder:
        build_dictionary(Path(folder), None, normalise)
        dictionary = Dictionary(Path(folder))
        draw = _texts()
        print("paragraphs  engine                        build s  memory MB     p50 ms     p95 ms      times")
        for size in sizes:
            corpus = [tokens("".join(next(draw)), dictionary) for _ in range(size)]
            queries = [question_terms("".join(next(draw)[:6]), dictionary) for _ in range(QUERIES)]
            _compare(corpus, queries)
    _answers()


def _compare(corpus: list[list[str]], queries: list[list[str]]) -> None:
    scan, row = _built(lambda: BM25Plus(corpus, k1=K1, b=B, delta=0))
    base = _timed(scan.get_scores, queries[:SCANS])
    _print(len(corpus), "rank-bm25, its own scan", row, base, base)
    ours, row = _built(lambda: BM25(corpus))
    _print(len(corpus), "wenju, the same scores", row, _timed(ours.get_scores, queries), base)
    document_of = np.arange(len(corpus)) // PARAGRAPHS_A_DOCUMENT
    search, row = _built(lambda: EmbeddedSearcher.over(Postings.count(corpus), document_of))
    top = _timed(lambda query: search.top(query, 10), queries)
    _print(len(corpus), "wenju, context and top ten", row, top, base)
    same = all(np.array_equal(scan.get_scores(query), ours.get_scores(query)) for query in queries[:SCANS])
    print(f"{'':12}scores equal to the last bit on {SCANS} queries: {'yes' if same else 'NO'}")


def _answers() -> None:
    """Time whole answers over the articles in `seeds/`."""
    with tempfile.TemporaryDirectory() as folder:
        index = Index(Path(folder) / "snapshots")
        index.build(Path("seeds"))
        questions = ["2021年进出口总额是多少", "企业开办时间", "推进大会哪天召开", "火星上有水吗"] * 25
        median, tail = _timed(lambda text: answer(index.current(), text), questions)
        print(f"\nwhole answers over seeds/: p50 {median:.2f} ms, p95 {tail:.2f} ms")


def _texts() -> Iterator[list[str]]:
    """Yield the words of one paragraph after another, the same in every run."""
    chance = random.Random(0)
    words, frequencies = [], []
    with jieba.Tokenizer().get_dict_file() as lines:
        for line in lines:
            word, frequency, *_ = line.decode().split()
            words.append(word)
            frequencies.append(int(frequency))
    cumulative = list(accumulate(frequencies))
    while True:
        yield chance.choices(words, cum_weights=cumulative, k=WORDS_A_PARAGRAPH)


def _built(build: Callable[[], Any]) -> tuple[Any, tuple[float, float]]:
    """Build something; return it, the seconds that took and the MB that it holds."""
    started = time.perf_counter()
    build()
    seconds = time.perf_counter() - started
    tracemalloc.start()
    built = build()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return built, (seconds, held / 1e6)


def _timed(call: Callable[[Any], object], arguments: list[Any]) -> tuple[float, float]:
    """Return the median and the 95th percentile in milliseconds."""
    call(arguments[0])
    milliseconds = []
    for argument in arguments:
        started = time.perf_counter()
        call(argument)
        milliseconds.append((time.perf_counter() - started) * 1000)
    return float(np.percentile(milliseconds, 50)), float(np.percentile(milliseconds, 95))


def _print(
    size: int, engine: str, built: tuple[float, float], speed: tuple[float, float], base: tuple[float, float]
) -> None:
    print(
        f"{size:>10}  {engine:28}{built[0]:>9.1f}{built[1]:>11.0f}{speed[0]:>11.2f}{speed[1]:>11.2f}"
        f"{base[0] / speed[0]:>10.0f}x",
        flush=True,
    )


if __name__ == "__main__":
    main()
