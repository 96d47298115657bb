"""Delivers the updates to the bot's webhook, in order, each until it is taken.

One at a time, whatever `max_connections` allows, and to this machine only: a webhook elsewhere gets nothing.
"""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from bot.sandbox.guard import LOOPBACK
from bot.sandbox.wire import bad_request

if TYPE_CHECKING:
    from bot.sandbox.wire import Json, Params
    from bot.sandbox.world import World

SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")
ANSWER_SECONDS = 20.0  # that the bot may take
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0  # seconds before another try; Telegram waits longer


@dataclass(slots=True)
class Webhook:
    """What setWebhook was given, and how the last delivery failed."""

    url: str
    secret: str
    max_connections: int
    failed: tuple[int, str] | None = None
    """When, in seconds since the epoch, and why."""

    @property
    def is_here(self) -> bool:
        """Whether it is on this machine."""
        return urlsplit(self.url).scheme == "http"

    def as_json(self) -> Json:
        info: Json = {
            "url": self.url,
            "has_custom_certificate": False,
            "max_connections": self.max_connections,
        }
        if self.failed:
            info["last_error_date"], info["last_error_message"] = self.failed
        return info


def webhook_of(params: Params) -> Webhook | None:
    """Return the webhook that a call of setWebhook asks for, None for an empty URL; raise ApiError."""
    url = params.text("url")
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    secret = params.text("secret_token")
    if not SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    connections = params.integer("max_connections")
    return Webhook(url, secret, 40 if connections is None else min(max(connections, 1), 100))


async def deliver(world: World) -> None:
    """Deliver, until cancelled, whatever waits while a webhook is set."""
    updates, pause = world.updates, FIRST_PAUSE
    async with httpx.AsyncClient(verify=False, trust_env=False, timeout=ANSWER_SECONDS) as client:  # noqa: S501 - plain HTTP has no certificates to load
        while True:
            webhook, update = updates.webhook, updates.first
            if webhook is None or not webhook.is_here or update is None:
                await world.changed.wait()
                continue
            reason = await _post(client, webhook, update)
            if reason is None:
                updates.take(update)
                pause = FIRST_PAUSE
            else:
                webhook.failed = int(time.time()), reason
                world.changed.notify()
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)


async def _post(client: httpx.AsyncClient, webhook: Webhook, update: Json) -> str | None:
    """Return None where the update was taken, else why it was not."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret} if webhook.secret else {}
    try:
        answer = await client.post(webhook.url, json=update, headers=headers)
    except httpx.TimeoutException:
        return "Read timeout expired"
    except httpx.TransportError:
        return "Connection refused"
    reason = f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}"
    return None if answer.is_success else reason
