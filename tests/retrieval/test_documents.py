"""Finding files and reading their bytes: what is considered, what is refused and why, and encodings."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from retrieval.documents import LARGEST, find_files, read_file
from retrieval.documents.article_date import is_date, iso
from retrieval.documents.decoding import UndecodableError, decode
from retrieval.errors import DocumentError

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "城东新区的图书馆昨天开放了。\n馆内藏书三十万册，座位800个，周一闭馆。"
TRADITIONAL = "城東新區的圖書館昨天開放了。館內藏書三十萬冊，座位800個。"


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
    ("name", "data", "expected"),
    [
        ("a.txt", b"", "空文件"),
        ("a.txt", "\ufeff \u3000\r\n\t\u200b\n".encode(), "没有正文"),
        ("a.txt", b" \n\n", "空文件"),
        ("a.md", "扫码看视频\n\n- 3 -\n\n责任编辑：王某".encode(), "没有正文"),
        ("a.txt", bytes(range(40)) * 9, "二进制文件，不是文本"),
        ("a.txt", TEXT.encode()[:40] + b"\xff", "编码无法识别"),
        ("a.txt", b"\xef\xbb\xbf\xff\xfe", "编码有误，不是完整的 UTF-8"),
        ("a.xyz", b"text", "不支持的类型 .xyz"),
        ("README", b"text", "不支持的类型（没有扩展名）"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, name: str, data: bytes, expected: str) -> None:
    """Each kind of unreadable file has its own reason, one clause in Chinese."""
    (tmp_path / name).write_bytes(data)
    assert reason(tmp_path, name) == expected


def test_what_is_no_file_says_so(tmp_path: Path) -> None:
    """A missing file, a folder, a pipe and a file beyond the limit are refused at once."""
    (tmp_path / "folder.txt").mkdir()
    os.mkfifo(tmp_path / "pipe.txt")
    with (tmp_path / "huge.txt").open("wb") as huge:
        huge.truncate(LARGEST + 1)
    assert reason(tmp_path, "missing.txt") == "文件不存在"
    assert reason(tmp_path, "folder.txt") == "是文件夹，不是文件"
    assert reason(tmp_path, "pipe.txt") == "不是普通文件"
    assert reason(tmp_path, "huge.txt") == "文件过大（超过 64 MB）"


def test_a_file_or_folder_without_permission_says_so(as_nobody: Path) -> None:
    """What may not be read is listed and reported, not passed over."""
    (as_nobody / "a.txt").write_text(TEXT, encoding="utf-8")
    (as_nobody / "closed").mkdir()
    (as_nobody / "a.txt").chmod(0)
    (as_nobody / "closed").chmod(0)
    assert find_files(as_nobody) == ["a.txt", "closed"]
    assert reason(as_nobody, "a.txt") == "无法读取（权限不足）"
    assert reason(as_nobody, "closed") == "无法读取（权限不足）"


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "gbk"],
)
def test_every_common_encoding_reads_the_same(tmp_path: Path, encoding: str) -> None:
    """The same text gives the same paragraphs in each encoding, with a byte order mark or without."""
    (tmp_path / "a.txt").write_bytes(TEXT.encode(encoding))
    (document,) = read_file(tmp_path, "a.txt").documents
    assert [one.text for one in document.sections[0].paragraphs] == TEXT.split("\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "gb18030", "big5"])
def test_traditional_characters_are_decoded(encoding: str) -> None:
    """Traditional text is told from garbage too."""
    assert decode(TRADITIONAL.encode(encoding)) == TRADITIONAL


EVERYDAY = st.text(
    alphabet="的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出，。、：“”（）0123456789abc \n",
    min_size=1,
)


@given(EVERYDAY)
@example("中丰")
def test_marked_and_utf8_text_comes_back_as_it_was(text: str) -> None:
    """With a byte order mark, or in UTF-8, the shortest text is read right."""
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
        assert decode(text.encode(encoding)) == text


@given(EVERYDAY.map(lambda text: "今天下了雨，路上人很少。\n" + text))
def test_text_without_a_mark_comes_back_as_it_was(text: str) -> None:
    """A sentence is enough to tell GB18030 from UTF-16 of either order."""
    for encoding in ("gb18030", "utf-16-le", "utf-16-be"):
        assert decode(text.encode(encoding)) == text


@settings(max_examples=300)
@given(st.binary(max_size=400))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    """No bytes raise anything but UndecodableError, and no byte order mark stays in a text."""
    try:
        text = decode(data)
    except UndecodableError:
        return
    assert "\ufeff" not in text


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
