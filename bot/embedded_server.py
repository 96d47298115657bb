"""A web server beside the bot, in the same event loop: uvicorn, without its hold on the process's signals."""

from __future__ import annotations

import asyncio
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import uvicorn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp

FAREWELL = 2  # seconds at the end for the requests that are under way


class EmbeddedServer(uvicorn.Server):
    """`options` are those of uvicorn.Config."""

    def __init__(self, app: ASGIApp, **options: Any) -> None:  # noqa: ANN401 - the options are of many types
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=FAREWELL,
            **options,
        )
        super().__init__(config)
        self._serving: asyncio.Task[None] | None = None

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def start(self, listener: socket.socket) -> None:
        """Serve the socket from now on, and close it in the end."""
        self._serving = asyncio.create_task(self.serve(sockets=[listener]))
        while not self.started:
            if self._serving.done():
                await self._serving
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        """Listen no more, and let the requests under way end."""
        assert self._serving is not None
        self.should_exit = True
        await self._serving


def listen(host: str, port: int) -> socket.socket:
    """Open the port, any free one for 0. Raise OSError."""
    listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    # asyncio sets it for sockets that name their protocol, and this one does not: without it each answer in
    # two packets waits some 40 ms for the client's delayed acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
