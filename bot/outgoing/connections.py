"""Connections to the Bot API."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import httpx
from telegram.request import HTTPXRequest

if TYPE_CHECKING:
    import ssl

MOST = 256  # calls at a time


class Connections(HTTPXRequest):
    """PTB's own, that share what is known of certificates: to load it takes as long as some answers."""

    def __init__(self, most: int = MOST) -> None:
        super().__init__(connection_pool_size=most, httpx_kwargs={"verify": _certificates()})


@functools.cache
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()
