"""What tests of every part need."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from hypothesis import settings

from retrieval.dictionary import build_dictionary
from retrieval.snapshot import copy_dictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOBODY = 65534

settings.register_profile("wenju", deadline=None)  # a busy machine fails no test
settings.load_profile("wenju")


@pytest.fixture(scope="session", autouse=True)
def words_made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let jieba's own words, the same in every index, be made once: they take most of a small one's time."""
    kept = tmp_path_factory.mktemp("words")

    def build(folder: Path, user_words: Path | None, normalise: Callable[[str], str]) -> None:
        if user_words:
            build_dictionary(folder, user_words, normalise)
            return
        if not any(kept.iterdir()):
            build_dictionary(kept, None, normalise)
        copy_dictionary(kept, folder)

    def cached(_: Path, *given: Any) -> None:
        build(*given)

    with (
        patch("retrieval.index.cached_dictionary", cached),
        patch("retrieval.evaluation.build_dictionary", build),
    ):
        yield


@pytest.fixture
def as_nobody() -> Iterator[Path]:
    """Run the test without rights where it would run as root, who may do all; give a folder of its own."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        if os.geteuid() != 0:
            yield folder
            return
        gc.collect()  # what other tests have left is swept away with the rights they had
        os.chown(folder, NOBODY, -1)
        os.seteuid(NOBODY)
        try:
            yield folder
        finally:
            os.seteuid(0)
