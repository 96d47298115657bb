"""`make bench-scale`: wenju's search beside rank-bm25, bm25s, tantivy and SQLite FTS5, in one run, as ratios.

All index the very same tokens of the same made paragraphs and are asked the same queries, ten results each.
Every engine builds in a process of its own and is asked in a fresh one, its files dropped from the page
cache before. Of three passes over the queries each query's fastest counts; rank-bm25 gets one, and is asked
where it was built. wenju searches with each paragraph's context, neighbours and document, which the others do
not; without it, it ranks as they do. An engine that fails says why, and the others go on.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks import made_tokens, measured_process, scale_process
from tests.benchmarks.measured_process import FailedError
from tests.benchmarks.scale_columns import COLUMNS
from tests.benchmarks.scale_engines import ENGINES, LIMIT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.measured_process import Numbers
    from tests.benchmarks.scale_columns import Column

SIZES = [10_000, 100_000, 1_000_000]
QUERIES = 200
OURS, SCAN = "wenju", "rank-bm25"
FEW = 20  # queries for the scan above FEW_ABOVE paragraphs: it takes seconds for each
FEW_ABOVE = 100_000
PACKAGES = ("rank-bm25", "bm25s", "numba", "numpy", "tantivy")
LEGEND = f"""\
open: imports and opening, in a fresh process; again: opening once more in the same. ever: the first query of
the first process after the build, with any compilation; first: that of the second process. cold: p50 of the
first pass. held: resident after all queries; own: without what is mapped from files. same: what share of
rank-bm25's {LIMIT} best the engine has among its {LIMIT}; wenju's context, and the fixed k1 and b of tantivy
and FTS5, rank otherwise."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES, help="paragraphs")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES), metavar="ENGINE")
    parser.add_argument("--scans", type=int, help=f"queries for rank-bm25; {QUERIES}, of large ones {FEW}")
    parser.add_argument("--limit", type=float, default=7200.0, help="seconds for each step of an engine")
    parser.add_argument("--json", type=Path, help="file for all numbers")
    parser.add_argument("--picture", type=Path, help="file for a chart of the growth with size, a PNG")
    given = parser.parse_args()
    print(__doc__.partition("\n\n")[2])
    versions = {name: version(name) for name in PACKAGES}
    print(", ".join(f"{name} {number}" for name, number in versions.items()))
    sizes: dict[str, Numbers] = {}
    for size in given.sizes:
        found: Numbers = {}
        sizes[str(size)] = {"queries": QUERIES, "paragraphs": size, "engines": found}
        with tempfile.TemporaryDirectory() as folder:
            tokens = Path(folder) / "tokens"
            tokens.mkdir()
            made = measured_process.run(made_tokens.__name__, tokens, size, QUERIES, limit=given.limit)
            print(
                f"\n{size:,} paragraphs, {made['tokens']:,} tokens, made in {made['seconds']:.0f} s",
                flush=True,
            )
            for name in given.engines:
                scans = given.scans or (FEW if size > FEW_ABOVE else QUERIES)
                count = scans if name == SCAN else QUERIES
                print(f"  {name} …", flush=True, file=sys.stderr)
                try:
                    found[name] = _measured(name, Path(folder), count, given.limit)
                except FailedError as error:
                    found[name] = {"error": str(error)}
                _keep(given.json, versions, sizes)
        _compare(found)
        _show(found)
        _keep(given.json, versions, sizes)
    print(f"\n{LEGEND}")
    if given.picture:
        from tests.benchmarks import scale_picture  # noqa: PLC0415 - it takes memory

        scale_picture.draw(sizes, given.picture)


def _measured(name: str, folder: Path, count: int, limit: float) -> Numbers:
    """Build and ask one engine. Raise FailedError."""
    index = folder / name
    # Compiled code is kept here, and not from an earlier run.
    variables = {"NUMBA_CACHE_DIR": str(folder / f"{name} compiled")}

    def step(what: str, index: Path, queries: int) -> Numbers:
        arguments = (scale_process.__name__, name, what, folder / "tokens", index, queries)
        return measured_process.run(*arguments, limit=limit, variables=variables)

    if name == SCAN:
        return {**step("both", folder / OURS, count), "asked": count}
    index.mkdir()
    try:
        built = step("build", index, count)
        _drop_from_cache(index)
        ever = step("ask", index, 1)
        _drop_from_cache(index)
        found = step("ask", index, count)
        disk = sum(file.stat().st_size for file in _files(index))
    except FailedError:
        shutil.rmtree(index)
        raise
    if name != OURS:  # its scores are compared with rank-bm25's
        shutil.rmtree(index)
    built |= {"build_peak": built["peak"], "build_cpu": built["cpu"]}
    return {**built, "disk": disk, "first_ever": ever["first"], **found, "asked": count}


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def _drop_from_cache(folder: Path) -> None:
    """Have the files read from the disk again; the system may keep some all the same."""
    for file in _files(folder):
        with file.open("rb") as opened:
            os.fsync(opened.fileno())
            os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _keep(file: Path | None, versions: dict[str, str], sizes: dict[str, Numbers]) -> None:
    """Write down what there is so far: a run of hours may not come to its end."""
    if file:
        run = {"python": platform.python_version(), "processors": os.cpu_count(), "versions": versions}
        file.write_text(json.dumps({**run, "sizes": sizes}, indent=1), encoding="utf-8")


def _compare(found: Numbers) -> None:
    """Note how many of rank-bm25's best each engine has among its own."""
    scan = found.get(SCAN, {}).get("best", [])
    for numbers in found.values():
        best = numbers.pop("best", [])
        pairs = [(set(theirs), set(own)) for theirs, own in zip(scan, best, strict=False)]
        if pairs:
            numbers["overlap"] = sum(len(theirs & own) / len(theirs) for theirs, own in pairs) / len(pairs)


def _show(found: Numbers) -> None:
    """Print the table, and each number as a multiple of ours."""
    print(_row("", [column.title for column in COLUMNS]))
    for name, numbers in found.items():
        if "error" in numbers:
            print(f"{name:18}failed: {numbers['error']}")
            continue
        row = [_told(column.value(numbers)) if column.key in numbers else "-" for column in COLUMNS]
        few = f"   {numbers['asked']} queries" if numbers["asked"] != QUERIES else ""
        print(_row(name, row) + few)
    if "build" in found.get(OURS, {}):
        print("as multiples of wenju's")
        for name, numbers in found.items():
            if name != OURS and "build" in numbers:
                print(_row(name, [_multiple(column, numbers, found[OURS]) for column in COLUMNS]))
    if "equal" in (scan := found.get(SCAN, {})):
        print(f"all scores equal to rank-bm25's to the last bit: {scan['equal']} of {scan['asked']} queries")


def _row(name: str, cells: Sequence[str]) -> str:
    return f"{name:18}" + "".join(f"{cell:>9}" for cell in cells)


def _multiple(column: Column, theirs: Numbers, ours: Numbers) -> str:
    if not column.compared or column.key not in theirs:
        return "-"
    ratio = column.value(theirs) / column.value(ours)
    return f"{_told(ratio)}x" if ratio >= 0.01 else "<0.01x"


def _told(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


if __name__ == "__main__":
    main()
