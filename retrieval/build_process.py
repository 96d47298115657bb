"""Builds an index in a process of its own, `python -m retrieval.build_process`, which holds up no other.

The first line of its standard input is the request. When the input ends, for it is asked to stop or nobody is
there any more, it gives up: at the next file, and after GRACE seconds wherever it is. Standard output has a
line of JSON for each step now and again, and a last one with the Report or the error. How the process is
started and listened to is not known here.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrieval.engine import engine_of
from retrieval.errors import DocumentError, EngineError, WenjuError
from retrieval.index import Index, Report
from retrieval.isolation import Limits
from retrieval.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    Json = dict[str, Any]

GRACE = 5.0  # seconds; a build that is killed leaves the index as it was
_EVERY = 0.1  # seconds between two steps that are told
_NICENESS = 5  # questions go first


class _StoppedError(Exception):
    pass


def request(index: Index, documents: Path, *, full: bool) -> bytes:
    """Return the line that asks a process for what `index.build` would do."""
    limits = asdict(index.limits) if index.limits else None
    paths = {"index": index.folder, "dictionary": index.dictionary, "recognised": index.recognised}
    given = {name: str(path.absolute()) if path else None for name, path in paths.items()}
    engine = index.engine.settings
    return _line({**given, "engine": engine, "documents": str(documents), "limits": limits, "full": full})


def heard(line: bytes) -> Progress | Report:
    """Return what a line of a process tells. Raise the WenjuError or OSError that has ended the build."""
    said: Json = json.loads(line)
    match said["kind"]:
        case "progress":
            return Progress(**said["progress"])
        case "report":
            report = said["report"]
            skipped = tuple(DocumentError(**error) for error in report["skipped"])
            remarks = {path: tuple(lines) for path, lines in report["remarks"].items()}
            return Report(**{**report, "skipped": skipped, "remarks": remarks})
        case "os":
            raise OSError(*said["arguments"])
        case "engine":
            raise EngineError(said["text"])
        case _:
            raise WenjuError(said["text"])


def _line(said: Json) -> bytes:
    return json.dumps(said).encode("ascii") + b"\n"


def _report(report: Report) -> Json:
    told = {field.name: getattr(report, field.name) for field in fields(report)}
    return {**told, "skipped": [{"path": error.path, "reason": error.reason} for error in report.skipped]}


def _path(name: str | None) -> Path | None:
    return None if name is None else Path(name)


def _build(asked: Json, tell: Callable[[Json], None], stopped: threading.Event) -> None:
    told = 0.0

    def step(progress: Progress) -> None:
        nonlocal told
        if stopped.is_set():
            raise _StoppedError
        if time.monotonic() - told > _EVERY or progress.done == progress.total:
            told = time.monotonic()
            tell({"kind": "progress", "progress": asdict(progress)})

    limits = Limits(**asked["limits"]) if asked["limits"] else None
    recognised = _path(asked["recognised"])
    try:
        index = Index(
            Path(asked["index"]),
            _path(asked["dictionary"]),
            limits,
            recognised=recognised,
            engine=engine_of(asked["engine"]),
        )
        report = index.build(Path(asked["documents"]), step, full=asked["full"])
        tell({"kind": "report", "report": _report(report)})
    except WenjuError as error:
        tell({"kind": "engine" if isinstance(error, EngineError) else "wenju", "text": str(error)})
    except OSError as error:
        known = [error.errno, error.strerror, *([str(error.filename)] if error.filename else [])]
        tell({"kind": "os", "arguments": known if error.errno else [str(error)]})


def _listen(stopped: threading.Event) -> None:
    """Wait for the end of the input, then let the build end."""
    while os.read(0, 1):
        pass
    stopped.set()
    time.sleep(GRACE)
    os._exit(1)


def main() -> None:
    os.nice(_NICENESS)
    ours = os.dup(1)
    os.dup2(2, 1)  # what a library may print is no message
    asked = json.loads(sys.stdin.buffer.readline())
    stopped = threading.Event()
    threading.Thread(target=_listen, args=(stopped,), daemon=True).start()

    def tell(said: Json) -> None:
        try:
            whole = memoryview(_line(said))
            while whole:
                whole = whole[os.write(ours, whole) :]
        except BrokenPipeError:  # nobody is there any more
            raise _StoppedError from None

    try:
        _build(asked, tell, stopped)
    except _StoppedError:
        sys.exit(1)


if __name__ == "__main__":
    main()
