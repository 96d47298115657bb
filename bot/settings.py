"""The settings, read once: `.env` in the working folder, then the environment, which wins.

`WENJU_<NAME>_FILE` names a file that holds the value, for secrets.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dotenv import dotenv_values

from retrieval.errors import WenjuError

if TYPE_CHECKING:
    from collections.abc import Mapping

SANDBOX_TOKEN = "1000000:sandbox"  # noqa: S105 - the sandbox's own, worth nothing elsewhere


class SettingError(WenjuError):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


@dataclass(frozen=True)
class Settings:
    """`token` is None in the sandbox; `api_url` is the base of the Bot API without `/bot<token>`."""

    token: str | None = field(default=None, repr=False)
    api_url: str = "https://api.telegram.org"
    admins: frozenset[int] = frozenset()
    documents: Path = Path("seeds")
    data: Path = Path("data")
    dictionary: Path | None = None
    synonyms: Path | None = None
    sandbox_port: int = 8600
    review_port: int = 8601

    @property
    def query_log(self) -> Path:
        return self.data / "queries.db"

    @property
    def snapshots(self) -> Path:
        return self.data / "snapshots"

    @property
    def heartbeat(self) -> Path:
        return self.data / "heartbeat.json"


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Raise SettingError where a value cannot be taken; an empty value counts as not set."""
    given = {**dotenv_values(".env"), **(os.environ if environment is None else environment)}

    def value(name: str) -> str | None:
        if named := given.get(f"{name}_FILE"):
            try:
                return Path(named).read_text(encoding="utf-8").strip() or None
            except OSError as error:
                raise SettingError(f"{name}_FILE", f"读不了文件 {named}（{error.strerror}）") from error
            except UnicodeDecodeError as error:
                raise SettingError(f"{name}_FILE", f"文件 {named} 不是 UTF-8 文本") from error
        return (given.get(name) or "").strip() or None

    def port(name: str, default: int) -> int:
        text = value(name)
        if text is None:
            return default
        if not text.isdecimal() or not 0 <= int(text) <= 65535:
            raise SettingError(name, f"端口应为 0 到 65535 的整数，不是 {text}")
        return int(text)

    api_url = value("WENJU_API_URL") or Settings.api_url
    if not api_url.startswith(("https://", "http://")):
        raise SettingError("WENJU_API_URL", f"须以 https:// 或 http:// 开头：{api_url}")
    dictionary, synonyms = value("WENJU_DICTIONARY"), value("WENJU_SYNONYMS")
    return Settings(
        token=value("WENJU_TOKEN"),
        api_url=api_url.rstrip("/"),
        admins=_user_ids(value("WENJU_ADMINS") or ""),
        documents=Path(value("WENJU_DOCUMENTS") or Settings.documents),
        data=Path(value("WENJU_DATA") or Settings.data),
        dictionary=Path(dictionary) if dictionary else None,
        synonyms=Path(synonyms) if synonyms else None,
        sandbox_port=port("WENJU_SANDBOX_PORT", Settings.sandbox_port),
        review_port=port("WENJU_REVIEW_PORT", Settings.review_port),
    )


def _user_ids(text: str) -> frozenset[int]:
    parts = [part.strip() for part in text.replace("，", ",").split(",")]
    try:
        return frozenset(int(part) for part in parts if part)
    except ValueError:
        raise SettingError("WENJU_ADMINS", f"应为逗号分隔的 Telegram 用户编号，不是 {text}") from None
