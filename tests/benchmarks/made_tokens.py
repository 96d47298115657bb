"""`python -m tests.benchmarks.made_tokens FOLDER PARAGRAPHS QUERIES`: writes the files of `token_files`."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from retrieval.dictionary import Dictionary, build_dictionary
from retrieval.language import normalise, question_terms
from tests.benchmarks import made_corpus
from tests.benchmarks.measured_process import status
from tests.benchmarks.token_files import DOCUMENTS, QUERIES, TOKENS

if TYPE_CHECKING:
    from collections.abc import Iterator

PAIRS = (2, 4)  # of neighbouring words in a query: four to eight words of one paragraph


def write(folder: Path, size: int, queries: int) -> int:
    """Return how many tokens there are."""
    chance = np.random.default_rng(size)
    asked = set(chance.choice(size, min(queries, size), replace=False).tolist())
    document_of, questions, total = np.empty(size, dtype=np.int32), [], 0
    with (folder / TOKENS).open("w", encoding="utf-8") as file:
        for row, (number, title, words) in zip(range(size), _paragraphs(), strict=False):
            tokens = title + made_corpus.tokens(words)
            file.write(" ".join(tokens) + "\n")
            total += len(tokens)
            document_of[row] = number
            if row in asked:
                questions.append(_question(words, chance))
    np.save(folder / DOCUMENTS, document_of)
    build_dictionary(folder, None, normalise)
    dictionary = Dictionary(folder)
    chance.shuffle(questions)
    terms = [" ".join(question_terms(question, dictionary)) + "\n" for question in questions]
    (folder / QUERIES).write_text("".join(terms), encoding="utf-8")
    return total


def _paragraphs() -> Iterator[tuple[int, list[str], list[str]]]:
    """Yield the article of each paragraph, the tokens of its title, which each has too, and its words."""
    for number, article in enumerate(made_corpus.articles()):
        title = made_corpus.tokens(article.title)
        for words in article.paragraphs:
            yield number, title, words


def _question(words: list[str], chance: np.random.Generator) -> str:
    places = chance.choice(len(words) // 2, chance.integers(*PAIRS, endpoint=True), replace=False)
    return "".join(words[2 * place] + words[2 * place + 1] for place in sorted(places))


if __name__ == "__main__":
    started = time.perf_counter()
    total = write(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    print(json.dumps({"tokens": total, "seconds": time.perf_counter() - started, "peak": status("VmHWM")}))
