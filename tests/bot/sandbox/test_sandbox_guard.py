"""The page's endpoints: what they give away, and to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from bot.settings import SANDBOX_TOKEN

if TYPE_CHECKING:
    from telegram import Bot

    from bot.sandbox.server import Sandbox


async def test_the_token_is_nowhere_on_the_page(api: Bot, sandbox: Sandbox) -> None:
    """Files go out under an id of their own, and only to be saved."""
    async with httpx.AsyncClient(base_url=sandbox.url) as client:
        await client.post("/api/say", json={"tab": "user", "text": "/start"})
        sent = await api.send_document(sandbox.user().id, b"<script>alert(1)</script>", filename="x.html")
        for path in ("/", "/api/state", "/page/app.js"):
            assert SANDBOX_TOKEN not in (await client.get(path)).text
        assert sent.document is not None
        file = await client.get(f"/media/{sent.document.file_id}")
        assert file.headers["content-type"] == "application/octet-stream"
        assert file.headers["content-disposition"].startswith("attachment")
        assert (await client.get("/media/none")).status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"host": "evil.example"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"host": "["}, 403),
    ],
)
async def test_other_websites_are_kept_out(sandbox: Sandbox, headers: dict[str, str], status: int) -> None:
    """Of the page's endpoints and of the Bot API alike."""
    async with httpx.AsyncClient(base_url=sandbox.url) as client:
        for path in ("/api/state", "/bot1000000:sandbox/getMe"):
            assert (await client.get(path, headers=headers)).status_code == status


async def test_the_page_takes_json_only_and_says_what_is_wrong(sandbox: Sandbox) -> None:
    async with httpx.AsyncClient(base_url=sandbox.url) as client:
        assert (await client.post("/api/say", data={"tab": "user", "text": "x"})).status_code == 415
        for path, body in (
            ("say", {"tab": "nobody", "text": "x"}),
            ("say", {"tab": "user", "text": ""}),
            ("say", {"tab": "user", "text": "x", "reply_to": 99}),
            ("edit", {"tab": "user", "message_id": 99, "text": "x"}),
            ("press", {"tab": "user", "message_id": "1", "data": "x"}),
            ("press", []),
        ):
            answer = await client.post(f"/api/{path}", json=body)
            assert (answer.status_code, "error" in answer.json()) == (400, True)
        assert (await client.get("/page/..%2Fserver.py")).status_code == 404
        page = await client.get("/")
        assert "default-src 'none'" in page.headers["content-security-policy"]
