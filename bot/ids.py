"""Ids that sort by the time at which they were made, and fit into a button's data."""

from __future__ import annotations

import secrets
import time

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base32, in the order of its codes


def new_id() -> str:
    """Return 16 characters of `[0-9a-z]`: 45 bits of time in milliseconds, then 35 random ones."""
    number = (time.time_ns() // 1_000_000) << 35 | secrets.randbits(35)
    return "".join(ALPHABET[number >> shift & 31] for shift in range(75, -1, -5))
