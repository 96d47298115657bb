"""`python -m tests.benchmarks.indexing_steps index DOCUMENTS INDEX`, or `script DOCUMENTS`: timed."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.measured_process import status

if TYPE_CHECKING:
    from tests.benchmarks.measured_process import Numbers


def index(documents: Path, folder: Path) -> Numbers:
    """Index a folder, or what has changed in it."""
    from retrieval.index import Index  # noqa: PLC0415 - the script has no need of it

    report = Index(folder).build(documents)
    names = ("seconds", "files", "read", "documents", "paragraphs", "figures")
    return {name: getattr(report, name) for name in names} | {"skipped": len(report.skipped)}


def script(documents: Path) -> Numbers:
    """Do what a plain script would: jieba's words of each paragraph, and rank-bm25."""
    import jieba  # noqa: PLC0415
    from rank_bm25 import BM25Okapi  # noqa: PLC0415

    started = time.perf_counter()
    texts = (file.read_text(encoding="utf-8") for file in sorted(documents.rglob("*.md")))
    paragraphs = [line for text in texts for line in text.splitlines() if line.strip()]
    BM25Okapi([jieba.lcut(paragraph) for paragraph in paragraphs])
    return {"seconds": time.perf_counter() - started, "paragraphs": len(paragraphs)}


if __name__ == "__main__":
    step, *folders = sys.argv[1:]
    found = index(*map(Path, folders)) if step == "index" else script(Path(folders[0]))
    print(json.dumps({**found, "peak": status("VmHWM")}))
