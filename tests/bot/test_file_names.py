from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.file_names import LONGEST, UNNAMED, numbered, safe_name, suffix_of

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = '../\\.~$ \0\n\r\t:*?"<>|\u202e\u2066\u200b\ufeff\u2028\ud800éé茶😀aB1'
NAMES = st.one_of(
    st.text(),
    st.text(HOSTILE, max_size=400),
    st.builds(
        str.__add__, st.text(HOSTILE), st.sampled_from([".txt", ".md", ".TXT", ". txt", ".txt ", ".tar.gz"])
    ),
    st.builds(str.__add__, st.sampled_from(["con", "NUL.", "COM1", "aux ."]), st.text(max_size=300)),
)


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("云岭县茶业报告.md", "云岭县茶业报告.md"),
        ("2021年 统计公报（终稿）.TXT", "2021年 统计公报（终稿）.TXT"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\me\\报告.txt", "报告.txt"),
        ("a\0b\nc.txt", "ab c.txt"),
        ("report\u202etxt.exe.md", "reporttxt.exe.md"),
        (".hidden.txt", "hidden.txt"),
        ("~$报告.txt", "报告.txt"),
        ("报告.txt~", "报告.txt"),
        ("...", UNNAMED),
        (".txt", f"{UNNAMED}.txt"),
        ("", UNNAMED),
        ("con.txt", "_con.txt"),
        ("a<b>:c?.md", "a_b__c_.md"),
        ("cafe\u0301.txt", "caf\u00e9.txt"),
    ],
)
def test_examples(given_name: str, safe: str) -> None:
    """Ordinary names stay, and of hostile ones what does no harm."""
    assert safe_name(given_name) == safe


@given(NAMES)
def test_any_name(name: str) -> None:
    """Any text becomes one visible path component within the limit, which stays as it is."""
    safe = safe_name(name)
    assert 0 < len(safe.encode()) <= LONGEST
    assert not safe.startswith((".", "~$", " "))
    assert not safe.endswith((".", "~", " "))
    assert not set(safe) & set('/\\\0<>:"|?*')
    assert not {unicodedata.category(character) for character in safe} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert safe_name(safe) == safe


@given(st.text(), st.sampled_from([".txt", ".md", ".Markdown"]))
def test_suffix_stays(stem: str, suffix: str) -> None:
    """However long or odd the name, the suffix that decides on the reader stays."""
    assert suffix_of(safe_name(stem + suffix)) == suffix


@given(NAMES, st.integers(2, 10**6))
def test_numbered(name: str, number: int) -> None:
    """A numbered name is within the limit, says its number and keeps the suffix."""
    safe = safe_name(name)
    other = numbered(safe, number)
    assert len(other.encode()) <= LONGEST
    assert other.endswith(f" ({number}){suffix_of(safe)}")
    assert other != safe


@given(NAMES)
def test_storable(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    """The file system takes the name, and lists it just so."""
    folder: Path = tmp_path_factory.mktemp("names")
    (folder / safe_name(name)).write_bytes(b"")
    assert [path.name for path in folder.iterdir()] == [safe_name(name)]
