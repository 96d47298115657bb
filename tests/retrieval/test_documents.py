"""Finding files and reading their bytes: what is considered, and the dates that stand in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents import find_files, read_file
from retrieval.documents.article_date import is_date, iso
from retrieval.errors import DocumentError

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "城东新区的图书馆昨天开放了。\n馆内藏书三十万册，座位800个，周一闭馆。"


def reason(folder: Path, path: str) -> str:
    with pytest.raises(DocumentError) as caught:
        read_file(folder, path)
    assert caught.value.path == path
    return caught.value.reason


def test_files_are_found_in_folders_within_folders_in_order(tmp_path: Path) -> None:
    """Every file comes once, by its POSIX path, sorted; hidden files and editors' leftovers do not."""
    wanted = ["a.md", "b/c/深.txt", "b/d.txt", "z.xyz"]
    for name in [*wanted, ".hidden.md", ".git/e.md", "~$a.docx", "a.md~", "b/.x/f.txt"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
    assert find_files(tmp_path) == wanted


def test_linked_folders_are_followed_once(tmp_path: Path) -> None:
    """A link that leads back into the folder neither hangs nor repeats files."""
    articles = tmp_path / "articles"
    elsewhere = tmp_path / "elsewhere"
    articles.mkdir()
    elsewhere.mkdir()
    (articles / "a.txt").write_text(TEXT, encoding="utf-8")
    (elsewhere / "b.txt").write_text(TEXT, encoding="utf-8")
    (articles / "loop").symlink_to(articles, target_is_directory=True)
    (articles / "more").symlink_to(elsewhere, target_is_directory=True)
    (articles / "self").symlink_to(articles / "self")
    assert find_files(articles) == ["a.txt", "more/b.txt", "self"]
    assert reason(articles, "self").startswith("无法读取")


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    """A folder that is not there is no empty corpus."""
    with pytest.raises(DocumentError, match="文件夹不存在"):
        find_files(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022年8月29日", "2022-08-29"),
        ("2022-8-9 10:20", "2022-08-09"),
        ("2022/08/29", "2022-08-29"),
        ("二〇二二年八月二十九日", "2022-08-29"),
        ("二○二二年十月十日", "2022-10-10"),
        ("２０２３年２月", "2023-02"),
        ("2023-02", "2023-02"),
        ("2021年", "2021"),
        ("2022年13月1日", None),
        ("2023年2月30日", None),
        ("8月29日", None),
        ("电话12345678", None),
    ],
)
def test_dates_become_iso(text: str, expected: str | None) -> None:
    """A date is as long as the text says, and None where the year is left out or it is no date."""
    assert iso(text) == expected


def test_a_date_alone_is_told_from_a_sentence() -> None:
    """Weekday and time may stand beside a date, words may not."""
    assert is_date("2022年8月30日 星期二 10:20")
    assert is_date("二〇二二年九月七日")
    assert not is_date("2022年8月30日开幕")
    assert not is_date("2022")


@given(st.text(max_size=60))
def test_any_text_may_be_asked_for_its_date(text: str) -> None:
    """No text breaks the reading of dates."""
    assert iso(text) is None or len(iso(text) or "") in (4, 7, 10)
    assert is_date(text) in (True, False)
