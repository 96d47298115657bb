"""Zip archives of others, looked at before anything in them is unpacked.

What an archive says of itself is checked first: how much is in it, how tightly it is packed, how many entries
it has. What an entry holds is then read up to what it said, and no further.
"""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from contextlib import suppress

from retrieval.documents.blocks import UnreadableError

LARGEST_TOTAL = 256 * 1024 * 1024
"""The size in bytes, unpacked, above which an archive is refused."""

_LARGEST_RATIO = 200  # of an entry; text seldom reaches 20
_RATIO_MATTERS = 4 * 1024 * 1024  # unpacked bytes from which a ratio is looked at
_MOST_ENTRIES = 10_000
_ENCRYPTED, _NAME_IS_UTF8 = 0x1, 0x800  # flags of an entry


def open_zip(data: bytes) -> zipfile.ZipFile:
    """Open an archive whose entries may safely be read. Raise UnreadableError with the reason for others."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
        raise UnreadableError("文件已损坏或不完整，请重新取得") from error
    entries = archive.infolist()
    if len(entries) > _MOST_ENTRIES:
        raise UnreadableError(f"压缩包里的条目过多（超过 {_MOST_ENTRIES} 个）")
    if sum(entry.file_size for entry in entries) > LARGEST_TOTAL:
        raise UnreadableError(f"解压后过大（超过 {LARGEST_TOTAL // 1024 // 1024} MB）")
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED:
            raise UnreadableError("文件有密码，请去掉密码再放进来")
        if entry.file_size > _RATIO_MATTERS and entry.file_size > _LARGEST_RATIO * entry.compress_size:
            raise UnreadableError("压缩率异常，疑似压缩炸弹")
    return archive


def read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Return what an entry holds. Raise UnreadableError where it is damaged or packed in an unknown way."""
    try:
        return archive.read(entry)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, ValueError) as error:
        raise UnreadableError("文件已损坏或不完整，请重新取得") from error
    except (NotImplementedError, RuntimeError) as error:
        raise UnreadableError("压缩方式不受支持") from error


def read_member(data: bytes, name: str, largest: int) -> bytes | None:
    """Return what an archive holds under a name; None where that has more than `largest` bytes.

    Raise UnreadableError where there is no such entry, or the archive cannot be read.
    """
    archive = open_zip(data)
    entry = next((entry for entry in archive.infolist() if name_of(entry) == name), None)
    if entry is None:
        raise UnreadableError("压缩包里没有这个文件")
    return None if entry.file_size > largest else read_entry(archive, entry)


def name_of(entry: zipfile.ZipInfo) -> str:
    """Return an entry's name as it was meant: archives made on Windows do not say in which encoding it is."""
    if entry.flag_bits & _NAME_IS_UTF8:
        return entry.filename
    try:
        name = entry.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.filename
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return name.decode(encoding).replace("\\", "/")
    return entry.filename
