from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retrieval.opensearch import by_rows
from retrieval.postings import Postings

ROWS = st.lists(st.lists(st.sampled_from(["甲", "乙丙", "丁", "戊"]), max_size=6), max_size=9)


@given(ROWS, st.integers(1, 4))
def test_rows_come_back_as_they_were_counted(rows: list[list[str]], part: int) -> None:
    """Each row comes in its order with its document and its terms' counts, in however many parts."""
    numbers = [row // 2 for row in range(len(rows))]
    with TemporaryDirectory() as folder, patch("retrieval.opensearch.rowwise._ROWS", part):
        found = list(by_rows(Postings.count(rows), np.array(numbers, np.int32), Path(folder)))
        assert found == list(zip(range(len(rows)), numbers, map(Counter, rows), strict=True))
        assert not list(Path(folder).iterdir())
