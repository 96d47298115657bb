"""`make bench-indexing`: a made folder of text files indexed, beside a plain script over jieba and rank-bm25.

Both read the same files, one after the other, each in a process of its own. The script has jieba cut each
paragraph and hands the words to rank-bm25: it finds no figures and keeps nothing on the disk. Then one file
is changed and the folder is indexed anew. Memory is that of all processes together, at its peak. wenju's
readers give way to all other processes: where the processors are not idle, compare the processor time.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks import indexing_steps, made_files, measured_process
from tests.benchmarks.measured_process import FailedError

if TYPE_CHECKING:
    from tests.benchmarks.measured_process import Numbers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("megabytes", nargs="?", type=float, default=100)
    parser.add_argument("--limit", type=float, default=14_400, help="seconds for each step")
    parser.add_argument("--json", type=Path, help="file for all numbers")
    given = parser.parse_args()
    print(__doc__.partition("\n\n")[2])
    found: Numbers = {}
    with tempfile.TemporaryDirectory() as place:
        documents, index = Path(place) / "documents", Path(place) / "index"
        made = made_files.write(documents, size=1e6 * given.megabytes)
        found["made"] = {"files": len(made.files), "paragraphs": made.paragraphs, "bytes": made.size}
        print(f"{len(made.files):,} files, {made.paragraphs:,} paragraphs, {made.size / 1e6:.0f} MB\n")
        print(f"{'':24}{'seconds':>10}{'CPU s':>10}{'MB/s':>10}{'memory MB':>12}", flush=True)
        found["script"] = _step("plain script", made.size, given.limit, "script", documents)
        found["wenju"] = _step("wenju", made.size, given.limit, "index", documents, index)
        with made.files[len(made.files) // 2].open("a", encoding="utf-8") as file:
            file.write("\n\n新增投资3100万元，同比增长7.5%。")
        found["reindex"] = _step("wenju, one file changed", made.size, given.limit, "index", documents, index)
    script, ours, again = (found[name] for name in ("script", "wenju", "reindex"))
    if "seconds" in script and "seconds" in ours:
        seconds, cpu, peak = (ours[name] / script[name] for name in ("seconds", "cpu", "peak"))
        print(
            f"\nwenju over the script: {seconds:.2f} the time, {cpu:.2f} the CPU time, {peak:.2f} the memory"
        )
    if "read" in ours:
        print(f"{ours['paragraphs']:,} paragraphs, {ours['figures']:,} figures, skipped {ours['skipped']}")
    if "read" in again:
        print(f"read again: {again['read']} of {again['files']:,} files")
    if given.json:
        given.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


def _step(name: str, size: int, limit: float, *arguments: object) -> Numbers:
    """Run and show a step; one that fails says why."""
    try:
        found = measured_process.run(indexing_steps.__name__, *arguments, limit=limit)
    except FailedError as error:
        print(f"{name:24}failed: {error}", flush=True)
        return {"error": str(error)}
    shown = (found["seconds"], found["cpu"], size / 1e6 / found["seconds"])
    print(
        f"{name:24}", *(f"{number:>9.2f}" for number in shown), f"{found['peak'] / 1e6:>11,.0f}", flush=True
    )
    return found


if __name__ == "__main__":
    main()
