"""`python -m tests.benchmarks.scale_process ENGINE STEP TOKENS FOLDER QUERIES`: one engine, a step of it.

The step `build` makes an index in FOLDER, `ask` opens it and asks so many QUERIES; `both` does the two in one
process, and compares all scores with those of wenju's index in FOLDER, if there is one. It prints JSON;
times are in seconds, memory in bytes.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks import token_files
from tests.benchmarks.measured_process import status
from tests.benchmarks.scale_engines import ENGINES, RankBM25, Wenju

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.measured_process import Numbers
    from tests.benchmarks.scale_engines import Search


PASSES = 3  # of which each query's fastest counts, so that what else runs on the machine disturbs less


def main(name: str, step: str, tokens: Path, folder: Path, count: int) -> Numbers:
    engine, queries = ENGINES[name](), token_files.queries(tokens)[:count]
    found: Numbers = {}
    if step != "ask":
        started = time.perf_counter()
        engine.build(tokens, folder)
        found |= {"build": time.perf_counter() - started, "build_peak": status("VmHWM")}
    if step == "both":
        found |= _asked(engine.open(folder), queries, passes=1)
    if step == "ask":
        started = time.perf_counter()
        search = engine.open(folder)
        opened = time.perf_counter()
        search(queries[0])
        found |= {"open": opened - started, "first": time.perf_counter() - opened}
        found |= _asked(search, queries, PASSES)
        started = time.perf_counter()
        engine.open(folder)
        found["open_again"] = time.perf_counter() - started
    if isinstance(engine, RankBM25) and folder.exists():
        ours = Wenju().scores(folder)
        found["equal"] = sum(bool((engine.bm25.get_scores(query) == ours(query)).all()) for query in queries)
    return {**found, "peak": status("VmHWM")}


def _asked(search: Search, queries: Sequence[Sequence[str]], passes: int) -> Numbers:
    best: dict[int, Sequence[int]] = {}
    seconds: list[list[float]] = [[] for _ in queries]
    for _ in range(passes):
        for number, query in enumerate(queries):
            started = time.perf_counter()
            best[number] = search(query)
            seconds[number].append(time.perf_counter() - started)
    return {
        "queries": sorted(map(min, seconds)),
        "queries_cold": sorted(taken[0] for taken in seconds),
        "best": list(best.values()),
        "resident": status("VmRSS"),
        "own": status("RssAnon"),  # without what is mapped from files
    }


if __name__ == "__main__":
    name, step, tokens, folder, count = sys.argv[1:]
    print(json.dumps(main(name, step, Path(tokens), Path(folder), int(count))))
