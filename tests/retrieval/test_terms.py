from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retrieval.terms import in_one_only

hashes = st.sets(st.integers(0, 20) | st.integers(0, 2**64 - 1))


@given(some=hashes, others=hashes)
def test_hashes_that_are_in_one_list_only(some: set[int], others: set[int]) -> None:
    both = (np.array(sorted(numbers), np.uint64) for numbers in (some, others))
    assert in_one_only(*both).tolist() == sorted(some ^ others)
