from __future__ import annotations

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
    ],
)
def test_wrong_value(name: str, value: str) -> None:
    """A value that cannot be taken is named with its setting."""
    with pytest.raises(SettingError, match=f"^{name}: ") as raised:
        load({name: value})
    assert value in str(raised.value)
