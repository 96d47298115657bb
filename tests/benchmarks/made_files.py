"""A folder of articles of the made corpus, with figures as reports have them; some can be asked for."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from tests.benchmarks import made_corpus
from tests.benchmarks.articles import METRICS, YEARS, Fact
from tests.mixed_folder import county

if TYPE_CHECKING:
    from pathlib import Path

PARAGRAPHS = 20  # of an article, in the median: about 10 KB
COUNTIES = 960  # that have a name of their own
FILES_A_FOLDER = 1000
FIGURES = (
    "完成投资{0}万元，同比增长{1}%。",
    "全年实现产值{1}亿元，比上年下降{2}%，从业人员{0}人。",
    "{3}年{2}月建成，占地{1}公顷，覆盖居民{0}户。",
    "收到意见{0}条，采纳率达到{1}%，平均用时{2}个工作日。",
)
"""One of them ends each paragraph."""


@dataclass(frozen=True, slots=True)
class Written:
    files: list[Path]
    paragraphs: int
    size: int
    """In bytes."""
    facts: list[Fact]


def write(folder: Path, *, paragraphs: float = math.inf, size: float = math.inf) -> Written:
    """Write articles until there are so many paragraphs or bytes, the same in every run.

    Each of the first tells in its first paragraph a figure of a county that no other tells.
    """
    chance = random.Random(1)
    files: list[Path] = []
    facts: list[Fact] = []
    asked = product(map(county, range(COUNTIES)), YEARS, METRICS)
    count = total = 0
    for article in made_corpus.articles(paragraphs=PARAGRAPHS):
        if count >= paragraphs or total >= size:
            break
        lines = [made_corpus.text(words) + _figures(chance) for words in article.paragraphs]
        title = "".join(article.title)
        if fact := next(asked, None):
            place, year, metric = fact
            value = f"{chance.randint(1_000, 99_999) / 10}{METRICS[metric]}"
            facts.append(Fact(f"{place}{year}年{metric}是多少？", value))
            lines[0] = f"{year}年，{place}{metric}为{value}。{lines[0]}"
            title = place + title
        file = folder / f"{len(files) // FILES_A_FOLDER:03}" / f"{len(files):06}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        total += file.write_bytes("\n\n".join([f"# {title}", *lines]).encode())
        count += len(lines)
        files.append(file)
    return Written(files, count, total, facts)


def _figures(chance: random.Random) -> str:
    sentence = chance.choice(FIGURES)
    return sentence.format(
        chance.randint(100, 9999), chance.randint(10, 999) / 10, chance.randint(1, 12), chance.choice(YEARS)
    )
