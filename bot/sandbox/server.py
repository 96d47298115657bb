"""A strict Bot API server on the loopback interface, with people to talk to the bot.

    async with Sandbox() as sandbox:            # PTB: base_url=f"{sandbox.url}/bot"
        asker = sandbox.user(7, name="小林")     #      base_file_url=f"{sandbox.url}/file/bot"
        reply = await asker.ask("进出口总额是多少？")
        answer = await asker.press(reply, "下一条")
        await sandbox.until(lambda: reply.edited)

It serves the same chats as a page at `/` (see `page`). It checks what Telegram checks and answers in its
words; `fail_next`, `delay_next`, `drop_next` and `fail_randomly` put faults in, `calls` records every call.
All of it lives in memory and in the event loop it is started in. It talks to nobody
but this machine, and delivers webhooks (see `webhooks`) nowhere else.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.embedded_server import EmbeddedServer, listen
from bot.sandbox.account import ACCOUNT_METHODS
from bot.sandbox.chats import User
from bot.sandbox.conversations import PATIENCE, Conversation, until
from bot.sandbox.editing import EDITING_METHODS
from bot.sandbox.faults import SENDING, Fault, Faults, Rates
from bot.sandbox.guard import LoopbackGuard
from bot.sandbox.inline import INLINE_METHODS
from bot.sandbox.limits import RateLimiter
from bot.sandbox.media import MEDIA_METHODS
from bot.sandbox.methods import METHODS
from bot.sandbox.page import page_routes
from bot.sandbox.people import Person
from bot.sandbox.webhooks import deliver
from bot.sandbox.wire import ApiError, Params, read_params
from bot.sandbox.world import World
from bot.settings import SANDBOX_TOKEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
    from types import TracebackType

    from starlette.requests import Request

    from bot.sandbox.wire import Json

SANDBOX_USER_ID = 1001
SANDBOX_ADMIN_ID = 1002
ALL_METHODS = METHODS | MEDIA_METHODS | EDITING_METHODS | INLINE_METHODS | ACCOUNT_METHODS
BY_LOWER_NAME = {name.lower(): method for name, method in ALL_METHODS.items()}
CALLS_KEPT = 100_000
LONGEST_POLL = 50  # seconds, as Telegram caps it


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the bot: `at` is `time.monotonic()` at its end, `status` the HTTP status, 0 if cut off."""

    method: str
    params: Json
    status: int
    description: str = ""
    at: float = field(default_factory=time.monotonic)


class Sandbox:
    """`port` 0 takes a free one. `admins` are those the bot serves as admins: the page plays one of them."""

    def __init__(  # noqa: PLR0913 - each is a setting of the server
        self,
        port: int = 0,
        token: str = SANDBOX_TOKEN,
        *,
        admins: Iterable[int] = (SANDBOX_ADMIN_ID,),
        host: str = "127.0.0.1",
        rate_limits: bool = False,
        privacy: bool = True,
        name: str = "问据",
        username: str = "wenju_sandbox_bot",
    ) -> None:
        if not ipaddress.ip_address(host).is_loopback:
            raise ValueError(f"the sandbox serves the loopback interface only, not {host}")
        bot = User(int(token.partition(":")[0]), name, username, is_bot=True)
        self.world = World(bot, privacy=privacy)
        self.calls: deque[Call] = deque(maxlen=CALLS_KEPT)
        self.unheard: list[tuple[int, int]] = []
        """Chat and message ids of what was sent or edited without the bot's hearing that it was."""
        self.admin_id = min(admins, default=SANDBOX_ADMIN_ID)
        self._called: dict[str, deque[Call]] = defaultdict(lambda: deque(maxlen=CALLS_KEPT))
        self._token = token
        self._address = (host, port)
        self._limiter = RateLimiter() if rate_limits else None
        self._faults = Faults()
        self._people: dict[int, Person] = {}
        self._server = EmbeddedServer(self._app())
        self._delivering: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        listener = listen(*self._address)
        self._address = listener.getsockname()[:2]
        await self._server.start(listener)
        self._delivering = asyncio.create_task(deliver(self.world))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._delivering is not None
        self._delivering.cancel()
        await asyncio.gather(self._delivering, return_exceptions=True)
        self.world.updates.closed = True
        self.world.changed.notify()
        await self._server.stop()

    @property
    def url(self) -> str:
        """The base of everything, such as `http://127.0.0.1:8600`."""
        host, port = self._address
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    @property
    def bot(self) -> User:
        return self.world.bot

    def user(
        self,
        user_id: int = SANDBOX_USER_ID,
        name: str = "小林",
        language: str = "zh-hans",
        username: str | None = None,
    ) -> Person:
        """Return the person with this id, new or known; a new one has not started the bot yet."""
        if user_id not in self._people:
            self._people[user_id] = Person(self.world, User(user_id, name, username, language))
        return self._people[user_id]

    @property
    def privacy(self) -> bool:
        """Whether privacy mode, which may be turned at any time, keeps the people's talk from the bot."""
        return self.world.privacy

    @privacy.setter
    def privacy(self, on: bool) -> None:
        self.world.privacy = on

    def group(
        self, title: str, *members: Person, topics: Iterable[str] = (), basic: bool = False
    ) -> Conversation:
        """Make a group of these people, the first its owner, and add the bot to it; with topics, a forum.

        It is a supergroup, unless it is to be a `basic` one that can be upgraded.
        """
        statuses = {
            person.user.id: "creator" if place == 0 else "member" for place, person in enumerate(members)
        }
        group = Conversation(self.world, self.world.add_group(title, statuses, topics, basic=basic))
        members[0].change_bot_status(group, "member")
        return group

    async def until(
        self,
        predicate: Callable[[], object],
        timeout: float = PATIENCE,  # noqa: ASYNC109 - tests read better so
    ) -> None:
        """Return once `predicate()` is true, looked at after every event; else raise TimeoutError."""
        await until(self.world, predicate, timeout)

    def called(self, method: str) -> list[Call]:
        return list(self._called[method.lower()])

    def fail_next(
        self, method: str, status: int, description: str, retry_after: int | None = None, times: int = 1
    ) -> None:
        """Answer the next calls (of `*`: any but getUpdates) with this error, without effect.

        For the faults, `download` is a method too: the fetching of a file's content.
        """
        self._faults.add(method, Fault(ApiError(status, description, retry_after)), times)

    def delay_next(self, method: str, seconds: float, times: int = 1, *, after: bool = False) -> None:
        """Answer late; with `after`, the call takes effect at once and only the answer is late."""
        self._faults.add(method, Fault(seconds=seconds, after=after), times)

    def drop_next(self, method: str, times: int = 1, *, after: bool = False) -> None:
        """Cut the connection instead of an answer; with `after`, the call has taken effect."""
        self._faults.add(method, Fault(drop=True, after=after), times)

    def fail_randomly(
        self, *, sends: float = 0.0, unheard: float = 0.0, polls: float = 0.0, seed: int = 1
    ) -> None:
        """Let this part of the calls fail from now on, each for itself: 429, 500, 502, a cut or a delay.

        `sends` are those that send or edit, and take no effect; `unheard` those that do take effect before
        the connection is cut: the bot cannot know, so what it repeats then is no fault of its own. `polls`
        are getUpdates.
        """
        self._faults.set_rates(Rates(sends, unheard, polls), seed)

    def heal(self) -> None:
        """Forget the faults still to come."""
        self._faults.clear()

    def _app(self) -> Starlette:
        routes = [
            Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
            Route("/file/bot{token}/documents/{name}", self._download),
            *page_routes(self),
        ]
        return Starlette(routes=routes, middleware=[Middleware(LoopbackGuard)])

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        fault = Fault()
        params = Params({})
        try:
            self._authorise(request)
            params = await read_params(request)
            fault = self._faults.next(method)
            call = self._perform(method, params, fault)
            result = await (_unless_gone(request, call) if method.lower() == "getupdates" else call)
        except ClientGoneError:
            return Response()
        except ApiError as error:
            response = JSONResponse(error.as_json(), error.status)
            self._record(method, params, error.status, error.description)
        else:
            response = _EscapedResponse({"ok": True, "result": result})
            self._record(method, params, 0 if fault.drop else 200)
        return StreamingResponse(_cut(), headers={"content-length": "1000"}) if fault.drop else response

    def _authorise(self, request: Request) -> None:
        if request.path_params["token"] != self._token:
            raise ApiError(401, "Unauthorized")

    async def _perform(self, method: str, params: Params, fault: Fault) -> Any:  # noqa: ANN401 - the method's
        if not fault.after:
            await asyncio.sleep(fault.seconds)
            if fault.error is not None:
                raise fault.error
            if fault.drop:
                return None
        result = await self._dispatch(method, params)
        if fault.after:
            self.unheard += _messages(result)
            await asyncio.sleep(fault.seconds)
        return result

    async def _dispatch(self, method: str, params: Params) -> Any:  # noqa: ANN401 - the method's
        if method.lower() == "getupdates":
            updates = self.world.updates
            updates.allow(params.array("allowed_updates"))
            seconds = min(params.integer("timeout") or 0, LONGEST_POLL)
            return await updates.poll(params.integer("offset") or 0, params.integer("limit") or 100, seconds)
        function = BY_LOWER_NAME.get(method.lower())
        if function is None:
            raise ApiError(404, "Not Found")
        if (
            self._limiter is not None
            and method.lower().startswith(SENDING)
            and method.lower() != "sendchataction"
            and not params.text("inline_message_id")
        ):
            chat = self.world.chat(params.text("chat_id"))
            self._limiter.admit(
                chat.id, group=not chat.is_private, messages=max(1, len(params.array("media") or []))
            )
        return function(self.world, params)

    def _record(self, method: str, params: Params, status: int, description: str = "") -> None:
        uploads = {name: upload.name for name, upload in params.uploads.items()}
        call = Call(method, params.values | uploads, status, description)
        self.calls.append(call)
        self._called[method.lower()].append(call)
        self.world.changed.notify()

    async def _download(self, request: Request) -> Response:
        if request.path_params["token"] != self._token:
            return JSONResponse(ApiError(401, "Unauthorized").as_json(), 401)
        fault = self._faults.next("download")
        await asyncio.sleep(fault.seconds)
        if fault.error is not None:
            return JSONResponse(fault.error.as_json(), fault.error.status)
        if fault.drop:
            return StreamingResponse(_cut(), headers={"content-length": "1000"})
        for file in self.world.files.values():
            if file.path == f"documents/{request.path_params['name']}":
                return Response(file.data, media_type="application/octet-stream")
        return JSONResponse(ApiError(404, "Not Found").as_json(), 404)


class _EscapedResponse(JSONResponse):
    """JSON in ASCII, as Telegram writes it: half a surrogate pair that a client sent goes out as well."""

    def render(self, content: Any) -> bytes:  # noqa: ANN401 - as the class above
        return json.dumps(content).encode()


class ClientGoneError(Exception):
    """The bot hung up while its call was waiting."""


async def _unless_gone(request: Request, call: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 - the method's
    """Await the call, or cancel it when the bot hangs up: a poll nobody hears must not take the updates."""
    answer = asyncio.ensure_future(call)
    gone = asyncio.ensure_future(_gone(request))
    await asyncio.wait({answer, gone}, return_when=asyncio.FIRST_COMPLETED)
    gone.cancel()
    if not answer.done():
        answer.cancel()
        raise ClientGoneError
    return answer.result()


def _messages(result: object) -> list[tuple[int, int]]:
    """Return the chat and message ids of the messages that a method returns."""
    results = result if isinstance(result, list) else [result]
    messages = [one for one in results if isinstance(one, dict) and "message_id" in one and "chat" in one]
    return [(message["chat"]["id"], message["message_id"]) for message in messages]


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":  # what is left of the body comes first
        pass


async def _cut() -> AsyncIterator[bytes]:
    """Promise a body and send none of it: the server then closes the connection."""
    return
    yield b""
