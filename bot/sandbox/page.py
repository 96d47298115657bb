"""The chat page's endpoints: its files, the state of its chats, and a stream of events.

The page plays three tabs: a user's private chat, an admin's, and a group with both. What they do is in
`actions`. The page never learns the bot's token: files go out under their id. What protects it from other
websites is in `guard`.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.sandbox.actions import Actions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from bot.sandbox.conversations import Conversation
    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox
    from bot.sandbox.wire import Json

HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
SHOWN_IN_PAGE = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}
PING_SECONDS = 15.0
GROUP_TITLE = "读书会"


def page_routes(sandbox: Sandbox) -> list[BaseRoute]:
    page = _Page(sandbox)
    return [
        Route("/", page.file),
        Route("/page/{name}", page.file),
        Route("/media/{file_id}", page.media),
        Route("/api/state", page.state),
        Route("/api/events", page.events),
        *Actions(sandbox.world, page.tabs, HEADERS).routes(),
    ]


class _Page:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.world = sandbox.world
        self._tabs: dict[str, tuple[Person, Conversation]] = {}

    def tabs(self) -> dict[str, tuple[Person, Conversation]]:
        """Return who speaks where in each tab; its people and its group exist from the first look on."""
        if not self._tabs:
            user, admin = self.sandbox.user(), self.sandbox.user(self.sandbox.admin_id, name="管理员")
            group = self.sandbox.group(GROUP_TITLE, admin, user)
            self._tabs = {"user": (user, user), "admin": (admin, admin), "group": (user, group)}
        return self._tabs

    async def file(self, request: Request) -> Response:
        name = request.path_params.get("name", "index.html")
        known = {file.name: file for file in (resources.files("bot.sandbox") / "page").iterdir()}
        if name not in known:
            return Response("Not Found", 404, HEADERS)
        content_type = TYPES.get(name.rpartition(".")[2], "application/octet-stream")
        return Response(known[name].read_bytes(), 200, HEADERS, f"{content_type}; charset=utf-8")

    async def media(self, request: Request) -> Response:
        """Send a picture to be seen, any other file to be saved."""
        stored = self.world.files.get(request.path_params["file_id"])
        if stored is None:
            return Response("Not Found", 404, HEADERS)
        picture = next((kind for start, kind in SHOWN_IN_PAGE.items() if stored.data.startswith(start)), None)
        place = "inline" if picture else "attachment"
        disposition = {
            "content-disposition": f"{place}; filename*=UTF-8''{quote(stored.name or 'file', safe='')}"
        }
        return Response(stored.data, 200, HEADERS | disposition, picture or "application/octet-stream")

    async def state(self, _request: Request) -> Response:
        """Everything the page shows, and the number of the last event in it."""
        tabs = [self._tab(key, person, place) for key, (person, place) in self.tabs().items()]
        profile = self.world.profile
        body = {
            "bot": self.world.bot.as_json() | {"description": profile.get(("description", ""), "")},
            "tabs": tabs,
            "last": self._position(self.world.journal.last),
        }
        return JSONResponse(body, 200, HEADERS)

    def _tab(self, key: str, person: Person, place: Conversation) -> Json:
        chat = place.chat
        return {
            "key": key,
            "user": person.user.as_json(),
            "chat": chat.as_json() | {"members": len(chat.members) + 1, "topics": chat.topics},
            "commands": self.world.commands_for(person.user, chat),
            "messages": list(chat.messages.values()),
            "read": chat.read_id,
        }

    async def events(self, request: Request) -> Response:
        """Stream what happens after the position given; `reset` where that is too long ago."""
        position = request.headers.get("last-event-id") or request.query_params.get("after", "")
        epoch, _, number = position.partition(":")
        start = int(number) if epoch == self.world.journal.epoch and number.isdecimal() else -1
        return StreamingResponse(self._stream(start), 200, HEADERS, "text/event-stream")

    async def _stream(self, number: int) -> AsyncIterator[str]:
        journal = self.world.journal
        yield "retry: 1000\n\n"
        while not self.world.updates.closed:
            events = journal.after(number) if number >= 0 else None
            if events is None:
                yield "event: reset\ndata: {}\n\n"
                return
            for event in events:
                number = event["number"]
                yield f"id: {self._position(number)}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n"
            if not events:
                yield ": still here\n\n"
            if journal.last == number:
                await self.world.changed.wait(PING_SECONDS)

    def _position(self, number: int) -> str:
        return f"{self.world.journal.epoch}:{number}"
