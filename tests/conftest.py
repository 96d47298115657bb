"""What tests of every part need."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

NOBODY = 65534

settings.register_profile("wenju", deadline=None)  # a busy machine fails no test
settings.load_profile("wenju")


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
