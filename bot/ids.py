"""Ids that sort by the time at which they were made, and fit into a button's data."""

from __future__ import annotations

import hashlib
import secrets
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base32, in the order of its codes
TIME_BITS, OTHER_BITS = 45, 35  # milliseconds since the epoch, and what tells ids of the same one apart


def new_id() -> str:
    """Return 16 characters of `[0-9a-z]`: 45 bits of time in milliseconds, then 35 random ones."""
    return _written(time.time_ns() // 1_000_000, secrets.randbits(OTHER_BITS))


def derived_id(at: datetime, seed: str) -> str:
    """Return the id of that time whose other bits are a hash of `seed`: the same for the same."""
    digest = hashlib.blake2b(seed.encode(), digest_size=8).digest()
    return _written(int(at.timestamp() * 1000), int.from_bytes(digest) & ((1 << OTHER_BITS) - 1))


def _written(milliseconds: int, others: int) -> str:
    number = milliseconds << OTHER_BITS | others
    return "".join(ALPHABET[number >> shift & 31] for shift in range(TIME_BITS + OTHER_BITS - 5, -1, -5))
