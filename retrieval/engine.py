"""Where Snapshots are searched: on this machine. A cluster, too, can be what an Engine stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from retrieval.embedded import EmbeddedSearcher

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from retrieval.search import Searcher
    from retrieval.segments import Segment

    Settings = dict[str, Any] | None


class Engine(Protocol):
    """Makes Searchers of Snapshots, which are known by their folders' names.

    `settings` are what `engine_of` makes the same Engine of, in another process.
    """

    settings: Settings

    def open(self, folder: Path, segment: Segment) -> Searcher:
        """Return what searches the Snapshot in `folder`, whose rows are `segment`.

        It reads files of the folder at most; what else a search needs is looked for by the first one.
        """

    def check(self, name: str | None) -> None:
        """Raise EngineError where a Snapshot, or without a name any, cannot be searched now."""

    def holds(self, name: str) -> bool:
        """Whether a Snapshot that is whole can be searched."""

    def fill(self, folder: Path, segment: Segment, taken: Callable[[int], None]) -> None:
        """Make a new Snapshot searchable, before it comes into use.

        Now and again it is told how many rows are `taken`. Raise WenjuError where it fails, and what `taken`
        raises.
        """

    def use(self, names: Sequence[str]) -> None:
        """Take note of the Snapshots in use, the newest first; no others will be searched any more."""

    def drop(self, name: str) -> None:
        """Forget a Snapshot."""


class EmbeddedEngine:
    """Searches the Snapshot's own files."""

    settings: Settings = None

    def open(self, folder: Path, segment: Segment) -> Searcher:
        """Raise OSError or ValueError where files are missing or damaged."""
        return EmbeddedSearcher.open(folder, segment.terms, segment.document_of)

    def check(self, name: str | None) -> None:
        pass

    def holds(self, name: str) -> bool:  # noqa: ARG002 - an Engine's
        return True

    def fill(self, folder: Path, segment: Segment, taken: Callable[[int], None]) -> None:
        pass

    def use(self, names: Sequence[str]) -> None:
        pass

    def drop(self, name: str) -> None:
        pass


EMBEDDED = EmbeddedEngine()


def engine_of(settings: Settings) -> Engine:
    """Return the Engine of an OpenSearch cluster, without settings the embedded one.

    Raise ImportError without the extra `opensearch`, EngineSettingError where a setting cannot be taken.
    """
    if settings is None:
        return EMBEDDED
    from retrieval.opensearch.engine import OpenSearchEngine  # noqa: PLC0415 - of the extra

    return OpenSearchEngine(**settings)
