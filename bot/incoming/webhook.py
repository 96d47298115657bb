"""The webhook: Telegram posts each update to the bot, instead of being asked for it.

Here it is set, and watched from Telegram's side; what takes the posts is `webhook_server`. TLS is served by a
proxy in front. It is loaded only where WENJU_WEBHOOK_URL is set.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import time
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.embedded_server import EmbeddedServer, listen
from bot.health import UNAUTHORIZED
from bot.incoming.polling import ALLOWED_UPDATES
from bot.incoming.webhook_server import Connection, Receiver
from bot.lifecycle import TokenRejectedError, until
from bot.outgoing.backoff import pause_after
from bot.settings import SettingError

if TYPE_CHECKING:
    from telegram import Bot, WebhookInfo

    from bot.incoming.dispatcher import Dispatcher

MAX_CONNECTIONS = 40  # of Telegram's at a time
LOOK_EVERY = 60.0  # seconds between two looks at how Telegram fares
UNREACHED = 5  # tries in vain before it is a problem

logger = logging.getLogger(__name__)


class Webhook:
    """How updates come in; `url` is the one Telegram posts to, `address` where the server listens."""

    def __init__(self, url: str, address: tuple[str, int], token: str) -> None:
        self.last: float | None = None
        """When the last update came, in seconds since the epoch."""
        self.problem: str | None = None
        self._url = url
        self._address = address
        self._secret = secret_token(token)
        self._is_set = False
        self._waiting = 0
        self._looked: float | None = None

    async def run(self, bot: Bot, dispatcher: Dispatcher, stop: asyncio.Event) -> None:
        """Take updates until `stop` is set; the webhook stays set, so that Telegram keeps what comes then.

        Raise TokenRejectedError once Telegram refuses the token, SettingError where it refuses the URL or the
        address cannot be used.
        """
        host, port = self._address
        try:
            listener = listen(host, port)
        except OSError as error:
            reason = f"{host}:{port} 用不了（{error.strerror}），请换一个"
            raise SettingError("WENJU_WEBHOOK_PORT", reason) from error
        path = unquote(urlsplit(self._url).path) or "/"
        receiver = Receiver(path, self._secret, dispatcher, self._note)
        server = EmbeddedServer(receiver, http=Connection, server_header=False, log_level="error")
        await server.start(listener)
        try:
            await self._keep_looking(bot, stop)
        except InvalidToken:
            self.problem = UNAUTHORIZED
            raise TokenRejectedError from None  # its own text holds the token
        finally:
            await server.stop()

    def _note(self) -> None:
        self.last = time.time()

    async def _keep_looking(self, bot: Bot, stop: asyncio.Event) -> None:
        failures = 0
        while not stop.is_set():
            try:
                await until(stop, self._look(bot))
            except InvalidToken:
                raise
            except TelegramError as error:
                failures += 1
                pause = pause_after(error, failures)
                logger.warning("连不上 Telegram，%.0f 秒后再试：%s", pause, error)
                if failures >= UNREACHED:
                    self.problem = "连不上 Telegram"
            else:
                failures, pause = 0, LOOK_EVERY
            await until(stop, asyncio.sleep(pause))

    async def _look(self, bot: Bot) -> None:
        """Set the webhook where it is not set, or not any more; see whether updates reach it."""
        info = await bot.get_webhook_info()
        if not self._is_set or info.url != self._url:
            await self._set(bot)
        if not self._is_set:
            self._is_set = True
            logger.info("问据 @%s 已就绪，由 webhook 收取消息", bot.username)
        elif info.url != self._url:
            self.problem = "另有程序用同一个令牌改动了 webhook，请只保留一个"
            logger.error("%s；已重新设置", self.problem)
        else:
            self.problem = self._stuck(info)
        self._waiting, self._looked = info.pending_update_count, self.last

    async def _set(self, bot: Bot) -> None:
        try:
            await bot.set_webhook(
                self._url,
                secret_token=self._secret,
                allowed_updates=ALLOWED_UPDATES,
                max_connections=MAX_CONNECTIONS,
                drop_pending_updates=False,
            )
        except BadRequest as error:
            if self._is_set:  # it was taken before: no reason to end
                raise
            raise SettingError("WENJU_WEBHOOK_URL", f"Telegram 不接受：{error}") from error

    def _stuck(self, info: WebhookInfo) -> str | None:
        """Tell that updates have waited with Telegram since the last look, and none has come."""
        if not (info.pending_update_count and self._waiting) or self.last != self._looked:
            return None
        why = f"：{info.last_error_message}" if info.last_error_message else ""
        return f"Telegram 有 {info.pending_update_count} 条消息送不到 webhook{why}"


def secret_token(token: str) -> str:
    """Return what Telegram has to show with each call: from the token, which it does not give away."""
    return hmac.new(token.encode(), b"wenju webhook", hashlib.sha256).hexdigest()
