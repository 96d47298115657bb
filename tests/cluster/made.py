"""Made corpora, of which the embedded engine knows the answers, and threads that ask for them."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import sub
from typing import TYPE_CHECKING

import numpy as np
import pytest

from retrieval.embedded import EmbeddedSearcher
from retrieval.language import phrase_terms
from retrieval.postings import Postings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from retrieval.search import Searcher

_CHARACTERS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"
_PAUSE = 0.4  # seconds between a thread's questions, for the nodes run on the same machine
_PATIENCE = 120  # seconds
_LONG = "x" * 40_000  # Lucene refuses a term of this length


@dataclass(frozen=True)
class Query:
    terms: tuple[str, ...]
    related: tuple[tuple[str, str], ...] = ()


class Corpus:
    """Documents of one to eight rows, of few characters, so that much is alike; the last holds odd terms."""

    def __init__(self, seed: int, documents: int = 80, longest: int = 60) -> None:
        chance = random.Random(seed)
        texts: list[list[list[str]]] = [
            [
                phrase_terms(_text(chance, longest)) * chance.choice([1, 1, 2])
                for _ in range(chance.randint(1, 8))
            ]
            for _ in range(documents)
        ]
        texts.append([[_LONG, "甲乙", "甲乙"], [], [_LONG[:-1], '{"c++"}', "乙丙"]])
        self.rows = [row for document in texts for row in document]
        self.document_of = [number for number, document in enumerate(texts) for _ in document]
        self.embedded = EmbeddedSearcher.over(Postings.count(self.rows), np.array(self.document_of, np.int32))
        self._known: dict[tuple[Query, range | None], list[tuple[int, float]]] = {}
        self.queries = [
            *(_query(chance) for _ in range(30)), Query((_LONG, "乙丙")), Query(('{"c++"}', "没有"))
        ]  # fmt: skip

    def counted(self) -> Iterator[tuple[int, int, Counter[str]]]:
        """What `fill` takes."""
        for row, (number, tokens) in enumerate(zip(self.document_of, self.rows, strict=True)):
            yield row, number, Counter(tokens)

    def assert_found(self, searcher: Searcher, query: Query, within: range | None = None) -> None:
        """The ten best are those of the embedded engine, with their scores."""
        found = searcher.top(query.terms, 10, query.related, within)
        every = self._expected(query, within)
        assert [score for _, score in found] == pytest.approx([score for _, score in every[:10]])
        # Rows of equal scores may come in another order where these differ in the last bit.
        scores = dict(every)
        assert [scores[row] for row, _ in found] == pytest.approx([score for _, score in found])

    def _expected(self, query: Query, within: range | None) -> list[tuple[int, float]]:
        if (query, within) not in self._known:
            found = self.embedded.top(query.terms, len(self.rows), query.related, within)
            self._known[query, within] = found
        return self._known[query, within]


@dataclass
class Asked:
    """What came of asking in threads: how often each was answered, and what was wrong."""

    answers: list[int]
    wrong: list[BaseException] = field(default_factory=list)

    def wait_for(self, more: int) -> None:
        """Wait until each thread has been answered so many times more, or something was wrong.

        What a thread has asked before is over then, and it has asked anew `more` - 1 times at least.
        """
        before, deadline = [*self.answers], time.monotonic() + _PATIENCE
        while min(map(sub, self.answers, before)) < more and not self.wrong:
            assert time.monotonic() < deadline, f"{self.answers} answers, no more"
            time.sleep(0.05)


@contextmanager
def asking(ask: Callable[[Query], None], queries: Sequence[Query], threads: int = 4) -> Iterator[Asked]:
    """Ask again and again, in several threads, while the block runs."""
    asked, over = Asked([0] * threads), threading.Event()

    def work(number: int) -> None:
        chance = random.Random(number)
        while not over.is_set():
            try:
                ask(chance.choice(queries))
            except (Exception, AssertionError) as error:  # noqa: BLE001 - whatever it is, it is told
                asked.wrong.append(error)
            asked.answers[number] += 1
            over.wait(_PAUSE)

    workers = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(threads)]
    for worker in workers:
        worker.start()
    try:
        yield asked
    finally:
        over.set()
        for worker in workers:
            worker.join(60)


def _text(chance: random.Random, longest: int) -> str:
    # Some characters are much more frequent than others, as words are.
    weights = [1 / (place + 1) for place in range(len(_CHARACTERS))]
    return "".join(chance.choices(_CHARACTERS, weights, k=chance.randint(2, longest)))


def _query(chance: random.Random) -> Query:
    related = tuple((_text(chance, 4), _text(chance, 4)) for _ in range(chance.randint(0, 3)))
    return Query(tuple(phrase_terms(_text(chance, 9))) * chance.choice([1, 2]), tuple(sorted(related)))
