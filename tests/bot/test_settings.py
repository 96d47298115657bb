from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.settings import SettingError, load

if TYPE_CHECKING:
    from pathlib import Path


def test_token_from_a_file(tmp_path: Path) -> None:
    """A file holds the value, its line's end left out, and goes before the plain setting."""
    (tmp_path / "token").write_text("12345:abc\n")
    assert load({"WENJU_TOKEN_FILE": str(tmp_path / "token"), "WENJU_TOKEN": "other"}).token == "12345:abc"


def test_files_of_words(tmp_path: Path) -> None:
    """The user's dictionary and synonyms are paths; set to nothing, there are none."""
    given = {"WENJU_DICTIONARY": str(tmp_path / "words"), "WENJU_SYNONYMS": str(tmp_path / "synonyms")}
    assert (load(given).dictionary, load(given).synonyms) == (tmp_path / "words", tmp_path / "synonyms")
    assert load({"WENJU_SYNONYMS": " "}).synonyms is None


@pytest.mark.parametrize(
    ("name", "content"), [("missing", None), ("binary", b"\xff\xfe\x00"), ("folder", None)]
)
def test_unreadable_file(tmp_path: Path, name: str, content: bytes | None) -> None:
    """A file that is missing, no text or no file is named in one line."""
    (tmp_path / "folder").mkdir()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SettingError, match=r"^WENJU_TOKEN_FILE: .*文件") as raised:
        load({"WENJU_TOKEN_FILE": str(tmp_path / name)})
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WENJU_SANDBOX_PORT", "70000"),
        ("WENJU_REVIEW_PORT", "-1"),
        ("WENJU_ADMINS", "12,@someone"),
        ("WENJU_API_URL", "ftp://x"),
        ("WENJU_ACCESS", "half"),
        ("WENJU_ALLOWED", "12,，@group"),
        ("WENJU_GROUP_BUTTONS", "admins"),
        ("WENJU_QUESTIONS_PER_MINUTE", "0"),
        ("WENJU_RETENTION_DAYS", "-3"),
        ("WENJU_RETENTION_DAYS", "99999999999"),
        ("WENJU_WATCH", "perhaps"),
        ("WENJU_DIGEST_AT", "9"),
        ("WENJU_DIGEST_AT", "24:00"),
        ("WENJU_DIGEST_AT", "09:00:00"),
        ("WENJU_REINDEX_EVERY", "6"),
        ("WENJU_REINDEX_EVERY", "0h"),
        ("WENJU_REINDEX_EVERY", "-1d"),
        ("WENJU_REINDEX_EVERY", "999999d"),
        ("WENJU_METRICS_PORT", "70000"),
        ("WENJU_METRICS_PORT", "0.0.0.0:"),
        ("WENJU_METRICS_PORT", "http://localhost:9100"),
        ("WENJU_LOG_LEVEL", "loud"),
        ("WENJU_OPENSEARCH_ALIAS", "Wenju"),
        ("WENJU_OPENSEARCH_ALIAS", "_wenju"),
        ("WENJU_OPENSEARCH_ALIAS", "wen/ju"),
        ("WENJU_OPENSEARCH_ALIAS", "问据"),
        ("WENJU_OPENSEARCH_REPLICAS", "-1"),
        ("WENJU_OPENSEARCH_REPLICAS", "11"),
        ("WENJU_OPENSEARCH_SHARDS", "0"),
        ("WENJU_WEBHOOK_URL", "example.org/wenju"),
        ("WENJU_WEBHOOK_URL", "http://example.org/wenju"),
        ("WENJU_WEBHOOK_URL", "https://"),
        ("WENJU_WEBHOOK_URL", "https://example.org:port/wenju"),
        ("WENJU_WEBHOOK_URL", "https://me:secret@example.org/wenju"),
        ("WENJU_WEBHOOK_URL", "https://example.org/问据"),
        ("WENJU_WEBHOOK_PORT", "70000"),
    ],
)
def test_wrong_value(name: str, value: str) -> None:
    """A value that cannot be taken is named with its setting."""
    with pytest.raises(SettingError, match=f"^{name}: ") as raised:
        load({name: value})
    assert value in str(raised.value)


@pytest.mark.parametrize(
    ("text", "every"),
    [("30m", timedelta(minutes=30)), ("6h", timedelta(hours=6)), ("1d", timedelta(days=1)), ("", None)],
)
def test_reindexing(text: str, every: timedelta | None) -> None:
    """The clock of the index is set in minutes, hours or days; the watch is on or off."""
    assert load({"WENJU_REINDEX_EVERY": text}).reindex_every == every
    assert load({"WENJU_WATCH": "1"}).watch
    assert not load({"WENJU_WATCH": "0"}).watch


def test_indices_of_a_cluster() -> None:
    """Bots that share a cluster have names of their own there, and a single node no further copies."""
    given = {"OPENSEARCH_ALIAS": "wenju_a-2", "OPENSEARCH_SHARDS": "6", "OPENSEARCH_REPLICAS": "0"}
    settings = load({f"WENJU_{name}": value for name, value in given.items()})
    found = settings.opensearch_alias, settings.opensearch_shards, settings.opensearch_replicas
    assert found == ("wenju_a-2", 6, 0)
    assert load({}).opensearch_replicas == 1


@pytest.mark.parametrize(
    ("text", "at"), [("", time(9)), ("9:05", time(9, 5)), ("00:00", time()), ("21：30", time(21, 30))]
)
def test_time_of_the_digest(text: str, at: time) -> None:
    """The digest comes at nine unless another time of day is set, also with a full-width colon."""
    assert load({"WENJU_DIGEST_AT": text}).digest_at == at


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("", None),
        ("9100", ("127.0.0.1", 9100)),
        ("0.0.0.0:9100", ("0.0.0.0", 9100)),
        ("[::1]:9100", ("::1", 9100)),
    ],
)
def test_address_of_the_metrics(text: str, address: tuple[str, int] | None) -> None:
    """The metrics are off by default; a port alone opens them to this machine only."""
    assert load({"WENJU_METRICS_PORT": text}).metrics == address


def test_webhook() -> None:
    """A webhook's URL is HTTPS, or HTTP on this machine; it is served to this machine unless told else."""
    default = load({})
    assert (default.webhook_url, default.webhook_address) == (None, ("127.0.0.1", 8443))
    for url in ("https://example.org/wenju", "http://127.0.0.1:8443/", "http://[::1]/wenju"):
        assert load({"WENJU_WEBHOOK_URL": url}).webhook_url == url
    assert load({"WENJU_WEBHOOK_PORT": "0.0.0.0:443"}).webhook_address == ("0.0.0.0", 443)


@pytest.mark.parametrize("secret", ["AAE-h_B", "%41AE-h_B"])
def test_no_token_in_the_webhook(secret: str) -> None:
    """An address that gives the token away is refused, and not repeated."""
    with pytest.raises(SettingError, match="令牌") as raised:
        load({"WENJU_TOKEN": "12345:AAE-h_B", "WENJU_WEBHOOK_URL": f"https://example.org/{secret}"})
    assert secret not in str(raised.value)


def test_access() -> None:
    """The bot is open by default; a list of those allowed closes it, unless it is said to be open."""
    assert load({}).access == "open"
    assert load({"WENJU_ACCESS": "closed"}).access == "closed"
    listed = load({"WENJU_ALLOWED": "42， -1001234"})
    assert (listed.access, listed.allowed) == ("closed", frozenset({42, -1001234}))
    assert load({"WENJU_ALLOWED": "42", "WENJU_ACCESS": "open"}).access == "open"


def test_limits() -> None:
    """Buttons of a group, questions a minute and days of the log have their defaults, or what is set."""
    default = load({})
    assert (default.group_buttons, default.questions_per_minute, default.retention_days) == (
        "asker",
        20,
        None,
    )
    given = load(
        {"WENJU_GROUP_BUTTONS": "all", "WENJU_QUESTIONS_PER_MINUTE": "3", "WENJU_RETENTION_DAYS": "90"}
    )
    assert (given.group_buttons, given.questions_per_minute, given.retention_days) == ("all", 3, 90)
