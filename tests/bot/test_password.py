"""The password before the log's page, asked over ASGI as a browser would."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from itertools import pairwise

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import PlainTextResponse

from bot.review.password import LONGEST_WAIT, PAUSE, Password

RIGHT = "开门 open:sesame"


class Door:
    """The guarded page; its waits are noted, not waited."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self._app = Password(PlainTextResponse("inside"), RIGHT, "/open", self._note)

    async def _note(self, seconds: float) -> None:
        self.waits.append(seconds)

    async def knock(self, password: str, address: str = "192.0.2.1") -> int:
        return (await self.ask(basic(password), address)).status_code

    async def ask(
        self, header: str | None = None, address: str = "192.0.2.1", path: str = "/"
    ) -> httpx.Response:
        transport = httpx.ASGITransport(app=self._app, client=(address, 1))
        headers = {} if header is None else {b"authorization": header.encode("latin-1")}
        async with httpx.AsyncClient(transport=transport, base_url="http://wenju", trust_env=False) as client:
            return await client.get(path, headers=headers)


def basic(password: str, user: str = "admin") -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


async def test_the_right_password_is_let_in() -> None:
    """The password opens, with any user name, whatever signs it has."""
    door = Door()
    assert await door.knock(RIGHT) == 200
    assert (await door.ask(basic(RIGHT, user=""))).text == "inside"
    assert door.waits == []


@pytest.mark.parametrize("wrong", ["", "open", RIGHT[:-1], RIGHT + "x", RIGHT.upper()])
async def test_a_wrong_password_is_asked_for_again(wrong: str) -> None:
    """What is not the password is refused with a challenge, and shows nothing."""
    answer = await Door().ask(basic(wrong))
    assert answer.status_code == 401
    assert "inside" not in answer.text
    assert answer.headers["www-authenticate"].startswith("Basic realm=")


async def test_the_first_request_is_only_asked() -> None:
    """A browser that has not been asked yet costs its address nothing, and the open path needs nothing."""
    door = Door()
    assert [(await door.ask()).status_code for _ in range(3)] == [401] * 3
    assert (await door.ask(path="/open")).text == "inside"
    assert await door.knock(RIGHT) == 200
    assert door.waits == []


async def test_after_a_wrong_one_the_same_address_takes_turns() -> None:
    """Each further try of the address waits for one more pause, also those sent all at once."""
    door = Door()
    await door.knock("wrong")
    assert await asyncio.gather(*(door.knock("wrong") for _ in range(4))) == [401] * 4
    waits = sorted(door.waits)
    assert len(waits) == 4
    assert 0 < waits[0] <= PAUSE
    assert all(later > earlier for earlier, later in pairwise(waits))


async def test_nobody_else_is_kept_waiting() -> None:
    """While one address is turned away for its many tries, another is let in at once."""
    door = Door()
    statuses = [await door.knock("wrong") for _ in range(int(LONGEST_WAIT / PAUSE) * 3)]
    assert 429 in statuses
    waited = len(door.waits)
    assert await door.knock(RIGHT, "192.0.2.2") == 200
    assert len(door.waits) == waited


@given(st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f")))
def test_no_header_breaks_it(header: str) -> None:
    """Any header that is not the password is a refusal, never an error."""
    for value in (header, f"Basic {header}"):
        assert asyncio.run(Door().ask(value)).status_code == 401
