"""The settings, read once: `.env` in the working folder, then the environment, which wins.

`WENJU_<NAME>_FILE` names a file that holds the value, for secrets.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar
from urllib.parse import unquote, urlsplit

from dotenv import dotenv_values

from retrieval.errors import WenjuError

if TYPE_CHECKING:
    from collections.abc import Mapping

Choice = TypeVar("Choice", bound=str)

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}

SANDBOX_TOKEN = "1000000:sandbox"  # noqa: S105 - the sandbox's own, worth nothing elsewhere


class SettingError(WenjuError):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


@dataclass(frozen=True)
class Settings:
    """`token` is None in the sandbox; `api_url` is the base of the Bot API without `/bot<token>`.

    `allowed` are the ids of users and groups that a closed bot serves; `questions_per_minute` is for each
    person; `group_buttons` tells whose presses page a group's answers; what is older than
    `retention_days` is deleted from the query log. The index is refreshed when the documents change, where
    `watch` is set, and after each `reindex_every`. With the `engine` opensearch it is searched on the cluster
    whose nodes `opensearch_url` lists; the names of its indices there begin with `opensearch_alias`.
    `metrics` is the host and port of the metrics page. With a `webhook_url` Telegram posts the updates there,
    and a proxy passes them on to `webhook_address`; without, the bot asks for them.
    """

    token: str | None = field(default=None, repr=False)
    api_url: str = "https://api.telegram.org"
    admins: frozenset[int] = frozenset()
    access: Literal["open", "closed"] = "open"
    allowed: frozenset[int] = frozenset()
    questions_per_minute: int = 20
    group_buttons: Literal["asker", "all"] = "asker"
    retention_days: int | None = None
    digest_at: time = time(9)
    documents: Path = Path("seeds")
    watch: bool = False
    reindex_every: timedelta | None = None
    data: Path = Path("data")
    engine: Literal["embedded", "opensearch"] = "embedded"
    opensearch_url: str | None = field(default=None, repr=False)
    opensearch_key: str | None = field(default=None, repr=False)
    opensearch_ca: Path | None = None
    opensearch_alias: str = "wenju"
    opensearch_shards: int = 3
    opensearch_replicas: int = 1
    dictionary: Path | None = None
    synonyms: Path | None = None
    sandbox_port: int = 8600
    review_port: int = 8601
    review_password: str | None = field(default=None, repr=False)
    webhook_url: str | None = None
    webhook_address: tuple[str, int] = ("127.0.0.1", 8443)
    metrics: tuple[str, int] | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def query_log(self) -> Path:
        return self.data / "queries.db"

    @property
    def state(self) -> Path:
        return self.data / "state.db"

    @property
    def inbox(self) -> Path:
        return self.data / "inbox.db"

    @property
    def snapshots(self) -> Path:
        return self.data / "snapshots"

    @property
    def recognised(self) -> Path:
        return self.data / "recognised"

    @property
    def trash(self) -> Path:
        return self.data / "trash"

    @property
    def backups(self) -> Path:
        return self.data / "backups"

    @property
    def heartbeat(self) -> Path:
        return self.data / "heartbeat.json"


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Raise SettingError where a value cannot be taken; an empty value counts as not set."""
    given = _Given({**dotenv_values(".env"), **(os.environ if environment is None else environment)})
    api_url = given.text("WENJU_API_URL") or Settings.api_url
    if not api_url.startswith(("https://", "http://")):
        raise SettingError("WENJU_API_URL", f"须以 https:// 或 http:// 开头：{api_url}")
    allowed = given.ids("WENJU_ALLOWED")
    replicas = given.number("WENJU_OPENSEARCH_REPLICAS", least=0, most=10)
    return Settings(
        token=given.text("WENJU_TOKEN"),
        api_url=api_url.rstrip("/"),
        admins=given.ids("WENJU_ADMINS"),
        access=given.one_of("WENJU_ACCESS", ("open", "closed"), "closed" if allowed else "open"),
        allowed=allowed,
        questions_per_minute=given.number("WENJU_QUESTIONS_PER_MINUTE") or Settings.questions_per_minute,
        group_buttons=given.one_of("WENJU_GROUP_BUTTONS", ("asker", "all"), Settings.group_buttons),
        retention_days=given.number("WENJU_RETENTION_DAYS"),
        digest_at=given.time_of_day("WENJU_DIGEST_AT") or Settings.digest_at,
        documents=given.path("WENJU_DOCUMENTS") or Settings.documents,
        watch=given.one_of("WENJU_WATCH", ("1", "0"), "0") == "1",
        reindex_every=given.duration("WENJU_REINDEX_EVERY"),
        data=given.path("WENJU_DATA") or Settings.data,
        engine=given.one_of("WENJU_ENGINE", ("embedded", "opensearch"), Settings.engine),
        opensearch_url=given.text("WENJU_OPENSEARCH_URL"),
        opensearch_key=given.text("WENJU_OPENSEARCH_API_KEY"),
        opensearch_ca=given.path("WENJU_OPENSEARCH_CA"),
        opensearch_alias=given.alias("WENJU_OPENSEARCH_ALIAS") or Settings.opensearch_alias,
        opensearch_shards=given.number("WENJU_OPENSEARCH_SHARDS", most=100) or Settings.opensearch_shards,
        opensearch_replicas=Settings.opensearch_replicas if replicas is None else replicas,
        dictionary=given.path("WENJU_DICTIONARY"),
        synonyms=given.path("WENJU_SYNONYMS"),
        sandbox_port=given.port("WENJU_SANDBOX_PORT", Settings.sandbox_port),
        review_port=given.port("WENJU_REVIEW_PORT", Settings.review_port),
        review_password=given.text("WENJU_REVIEW_PASSWORD"),
        webhook_url=given.webhook("WENJU_WEBHOOK_URL", given.text("WENJU_TOKEN")),
        webhook_address=given.address("WENJU_WEBHOOK_PORT") or Settings.webhook_address,
        metrics=given.address("WENJU_METRICS_PORT"),
        log_level=given.one_of("WENJU_LOG_LEVEL", ("debug", "info", "warning", "error"), Settings.log_level),
    )


class _Given:
    """The variables as typed values, None where one is not set; each method raises SettingError."""

    def __init__(self, variables: Mapping[str, str | None]) -> None:
        self._variables = variables

    def text(self, name: str) -> str | None:
        if named := self._variables.get(f"{name}_FILE"):
            try:
                return Path(named).read_text(encoding="utf-8").strip() or None
            except OSError as error:
                raise SettingError(f"{name}_FILE", f"读不了文件 {named}（{error.strerror}）") from error
            except UnicodeDecodeError as error:
                raise SettingError(f"{name}_FILE", f"文件 {named} 不是 UTF-8 文本") from error
        return (self._variables.get(name) or "").strip() or None

    def path(self, name: str) -> Path | None:
        text = self.text(name)
        return Path(text) if text else None

    def number(self, name: str, least: int = 1, most: int = 36500) -> int | None:
        """Return an integer from `least` to `most`: as days a hundred years."""
        text = self.text(name)
        if text is None:
            return None
        if not text.isdecimal() or not least <= int(text[:6]) <= most:
            raise SettingError(name, f"应为 {least} 到 {most} 的整数，不是 {text}")
        return int(text)

    def alias(self, name: str) -> str | None:
        """Return a name that an index of a cluster may begin with."""
        text = self.text(name)
        if text is not None and not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,99}", text):
            raise SettingError(name, f"应为小写字母、数字、- 和 _，以字母或数字开头，不是 {text}")
        return text

    def duration(self, name: str) -> timedelta | None:
        """Return a time such as `30m`, `6h` or `1d`, of a year at most."""
        text = self.text(name)
        if text is None:
            return None
        match = re.fullmatch(r"(\d{1,6})([mhd])", text, re.ASCII)
        duration = timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else timedelta()
        if not timedelta() < duration <= timedelta(days=366):
            raise SettingError(name, f"应为 30m、6h、1d 这样的时间，不是 {text}")
        return duration

    def time_of_day(self, name: str) -> time | None:
        """Return a time of day such as `9:00`."""
        text = self.text(name)
        if text is None:
            return None
        match = re.fullmatch(r"([01]?\d|2[0-3])[:：]([0-5]\d)", text, re.ASCII)
        if match is None:
            raise SettingError(name, f"应为一天里的时刻，如 09:00，不是 {text}")
        return time(int(match[1]), int(match[2]))

    def port(self, name: str, default: int) -> int:
        text = self.text(name)
        if text is None:
            return default
        if not text.isdecimal() or not 0 <= int(text) <= 65535:
            raise SettingError(name, f"端口应为 0 到 65535 的整数，不是 {text}")
        return int(text)

    def address(self, name: str) -> tuple[str, int] | None:
        """Return a host and a port; a port alone is one of the loopback interface, for this machine only."""
        text = self.text(name)
        if text is None:
            return None
        match = re.fullmatch(r"(?:(\[[0-9A-Fa-f:.]+\]|[\w.-]+):)?(\d{1,5})", text, re.ASCII)
        if match is None or int(match[2]) > 65535:
            raise SettingError(name, f"应为端口，或 0.0.0.0:9100 这样的地址，不是 {text}")
        return (match[1] or "127.0.0.1").strip("[]"), int(match[2])

    def webhook(self, name: str, token: str | None) -> str | None:
        """Return a URL for Telegram to call: HTTPS, on this machine HTTP, without the bot's token in it."""
        url = self.text(name)
        if url is None:
            return None
        if token and token.partition(":")[2] in unquote(url):
            raise SettingError(name, "不要把令牌写在地址里：代理会把它记进日志")
        if not _is_webhook(url):
            raise SettingError(name, f"应为 https://example.org/wenju 这样的地址，不是 {url}")
        return url

    def ids(self, name: str) -> frozenset[int]:
        text = self.text(name) or ""
        try:
            return frozenset(int(part) for part in text.replace("，", ",").split(",") if part.strip())
        except ValueError:
            raise SettingError(name, f"应为逗号分隔的 Telegram 编号，不是 {text}") from None

    def one_of(self, name: str, choices: tuple[Choice, ...], default: Choice) -> Choice:
        text = self.text(name)
        for choice in choices:
            if text == choice:
                return choice
        if text is not None:
            raise SettingError(name, f"应为 {'、'.join(choices)} 之一，不是 {text}")
        return default


def _is_webhook(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    local = parts.scheme == "http" and host in {"127.0.0.1", "localhost", "::1"}
    clean = url.isascii() and not re.search(r"[\s#@]", url)
    return bool(host) and clean and (parts.scheme == "https" or local)
