"""What the page's people do, each a JSON body posted to `/api/<name>`: talk, press, send files, ask inline.

Which person acts in which chat is the tab's; ids from the page are looked up again here.
"""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse
from starlette.routing import Route
from telegram.constants import FileSizeLimit

from bot.sandbox.conversations import Answer, Message, until
from bot.sandbox.wire import ApiError, bad_request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from bot.sandbox.conversations import Conversation
    from bot.sandbox.people import Person
    from bot.sandbox.wire import Json
    from bot.sandbox.world import World

    Tabs = Mapping[str, tuple[Person, Conversation]]

ANSWER_SECONDS = 15.0  # a button's spinner ends after it
LONGEST_BODY = (
    int(FileSizeLimit.FILESIZE_DOWNLOAD) * 4 // 3 + 100_000
)  # bytes: a file in base64, and the rest
LANGUAGES = {"zh-hans", "zh-hant", "en"}


@dataclass(frozen=True, slots=True)
class Actions:
    """`tabs` gives who acts where in each tab; `headers` go out with every answer."""

    world: World
    tabs: Callable[[], Tabs]
    headers: Mapping[str, str]

    def routes(self) -> list[Route]:
        actions = (
            self.say, self.edit, self.press, self.upload,
            self.forward, self.inline, self.choose, self.language,
        )  # fmt: skip
        return [
            Route(f"/api/{action.__name__}", self._posted(action), methods=["POST"]) for action in actions
        ]

    async def say(self, body: Json) -> Json:
        person, place = self._speaker(body)
        message = await person.say(str(body.get("text", "")), place, self._reply_to(body, place))
        return {"message_id": message.id}

    async def edit(self, body: Json) -> Json:
        person, place = self._speaker(body)
        message = self._message(place, body.get("message_id"))
        if message.json["from"]["id"] != person.user.id:
            raise bad_request("message can't be edited")
        await person.edit(message, str(body.get("text", "")))
        return {"message_id": message.id}

    async def press(self, body: Json) -> Json:
        """Press a callback button and wait for the bot's answer; `answer` is None where none comes."""
        person, place = self._speaker(body)
        message = self._message(place, body.get("message_id"))
        try:
            return await self._answered(await person.press(message, str(body.get("data", ""))))
        except LookupError:
            raise bad_request("BUTTON_DATA_INVALID") from None

    async def upload(self, body: Json) -> Json:
        """Send a file, its bytes in base64 under `data`."""
        person, place = self._speaker(body)
        try:
            data = b64decode(str(body.get("data", "")), validate=True)
        except binascii.Error:
            raise bad_request("the file is not in base64") from None
        if len(data) > FileSizeLimit.FILESIZE_DOWNLOAD:
            raise ApiError(413, "Request Entity Too Large")
        name, caption = str(body.get("name", "")), str(body.get("caption", ""))
        message = await person.send_file(name, data, caption, place, self._reply_to(body, place))
        return {"message_id": message.id}

    async def forward(self, body: Json) -> Json:
        """Forward to another tab; who is not in its chat lets its person do so."""
        person, place = self._speaker(body)
        message = self._message(place, body.get("message_id"))
        other, target = self._speaker({"tab": body.get("to")})
        sender = person if person.user.id in target.chat.members else other
        return {"message_id": (await sender.forward(message, target)).id}

    async def inline(self, body: Json) -> Json:
        """Ask inline and wait for the results; `answer` is None where none come."""
        person, place = self._speaker(body)
        asked = await person.inline(str(body.get("text", "")), str(body.get("offset", "")), place)
        return {"query_id": asked.query.id, **await self._answered(asked)}

    async def choose(self, body: Json) -> Json:
        person, place = self._speaker(body)
        query = self.world.queries.get(str(body.get("query_id")))
        if query is None or query.user_id != person.user.id:
            raise bad_request("QUERY_ID_INVALID")
        try:
            message = await person.choose(Answer(self.world, query), str(body.get("result_id")), place)
        except LookupError:
            raise bad_request("RESULT_ID_INVALID") from None
        return {"message_id": message.id}

    async def language(self, body: Json) -> Json:
        person, _ = self._speaker(body)
        if body.get("code") not in LANGUAGES:
            raise bad_request("no such language")
        person.set_language(str(body["code"]))
        return {}

    async def _answered(self, asked: Answer) -> Json:
        try:
            await until(self.world, lambda: asked.given or self.world.updates.closed, ANSWER_SECONDS)
        except TimeoutError:
            return {"answer": None}
        return {"answer": asked.query.answer}

    def _speaker(self, body: Json) -> tuple[Person, Conversation]:
        tab = self.tabs().get(str(body.get("tab")))
        if tab is None:
            raise bad_request("no such tab")
        return tab

    def _reply_to(self, body: Json, place: Conversation) -> Message | None:
        return self._message(place, body["reply_to"]) if body.get("reply_to") else None

    def _message(self, place: Conversation, message_id: object) -> Message:
        known = place.chat.messages.get(message_id) if isinstance(message_id, int) else None
        if known is None:
            raise bad_request("message not found")
        return Message(self.world, place.chat, known)

    def _posted(self, action: Callable[[Json], Awaitable[Json]]) -> Callable[[Request], Awaitable[Response]]:
        """Take a JSON body only: a form of another website cannot send one."""

        async def endpoint(request: Request) -> Response:
            if request.headers.get("content-type", "").partition(";")[0] != "application/json":
                return self._refused(415, "Unsupported Media Type")
            try:
                body = json.loads(await _limited(request))
                return JSONResponse(await action(body if isinstance(body, dict) else {}), 200, self.headers)
            except ApiError as error:
                return self._refused(error.status, error.description)
            except ValueError as error:
                return self._refused(400, f"Bad Request: {error}")

        return endpoint

    def _refused(self, status: int, reason: str) -> Response:
        return JSONResponse({"error": reason}, status, self.headers)


async def _limited(request: Request) -> bytes:
    """Return the body; raise ApiError 413 as soon as it is too long."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_BODY:
            raise ApiError(413, "Request Entity Too Large")
    return bytes(body)
