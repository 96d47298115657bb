"""The way of a file: its bytes, its format's blocks, images and captions, cleaned and rejoined, articles.

An archive of files is read as the files in it, whose paths go on after its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from retrieval.documents import archives, articles, captions, formats, pictures
from retrieval.documents.blocks import Block, UnreadableError
from retrieval.documents.cleaning import clean
from retrieval.documents.folder import is_left_out, read_bytes
from retrieval.documents.formats.signatures import true_suffix
from retrieval.documents.recognition import recognised
from retrieval.documents.rejoining import rejoin
from retrieval.errors import DocumentError

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Callable, Iterable, Iterator

    from retrieval.documents.recognition import Recognise
    from retrieval.model import Document

_ARCHIVE = ".zip"
SUFFIXES = formats.SUFFIXES | {_ARCHIVE}
"""The suffixes, in small letters with their dot, of the files that can be read."""

_MOST_PICTURES = 1000  # of a file; what is beyond is a book of pictures


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What reading may use besides the file: where to store its pictures, and what reads text in images.

    Without `pictures` none are kept, without `recognise` images stay mute. `alive` is called now and again.
    """

    pictures: Path | None = None
    recognise: Recognise | None = None
    alive: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class FileContent:
    """What was read of one file: its Documents, at least one, and what of it was left out and why."""

    documents: tuple[Document, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _File:
    """`path` is relative to the documents' folder; `beside` gives the bytes at a path relative to `path`."""

    path: str
    data: bytes
    beside: Callable[[str], bytes | None]


def read_file(folder: Path, path: str, surroundings: Surroundings | None = None) -> FileContent:
    """Read one file; `path` is relative to `folder`.

    Raise DocumentError with the reason, one clause in Chinese, where it cannot be read or holds no text.
    """
    data = read_bytes(folder, path)
    file = _File(path, data, lambda reference: _beside(folder, path, reference))
    try:
        if _suffix(file) == _ARCHIVE:
            return _read_archive(file, surroundings or Surroundings())
        return _read(file, surroundings or Surroundings())
    except UnreadableError as error:
        raise DocumentError(path, str(error)) from error


def _suffix(file: _File) -> str:
    """Return the suffix of the file's format. Raise UnreadableError where it is known not to be readable."""
    return true_suffix(PurePosixPath(file.path).suffix.lower(), file.data)


def _read(file: _File, surroundings: Surroundings) -> FileContent:
    """Read a file of one format. Raise UnreadableError."""
    suffix = _suffix(file)
    read = formats.reader_of(suffix)
    if read is None:
        raise UnreadableError(f"不支持的类型 {suffix}" if suffix else "不支持的类型（没有扩展名）")
    content = read(file.data)
    remarks: list[str] = []
    blocks = _without_remarks(_light(content.blocks, file, surroundings), remarks)
    body = rejoin(_noticed(clean(captions.attach(list(blocks))), surroundings.alive))
    found = tuple(articles.documents(file.path, body, content.metadata, surroundings.alive))
    if not found:
        raise UnreadableError(_why_empty(file.data, remarks))
    return FileContent(found, tuple(dict.fromkeys(remarks)))


def _light(blocks: Iterable[Block], file: _File, surroundings: Surroundings) -> Iterator[Block]:
    """Yield the blocks without images: these are read, stored where that is wanted, and left out else."""
    stored = 0
    picture, image = None, b""  # the last one: several blocks may be read from one page's image
    for block in recognised(_with_images(blocks, file), surroundings.recognise):
        surroundings.alive()
        if block.image is None:
            yield block if block.kind != "picture" else _words(block)
            continue
        if block.image is not image:
            picture, image = None, block.image
            try:
                if surroundings.pictures and stored < _MOST_PICTURES:
                    picture = pictures.store(image, surroundings.pictures)
                elif surroundings.pictures:
                    yield Block("remark", f"图片过多，只收了前 {_MOST_PICTURES} 张")
            except pictures.PictureError as error:
                yield Block("remark", f"{f'第 {block.page} 页的' if block.page else ''}一张图片{error}")
            stored += picture is not None
        light = replace(block, image=None, picture=picture)
        yield light if picture or block.kind != "picture" else _words(light)


def _noticed(blocks: Iterable[Block], alive: Callable[[], None]) -> Iterator[Block]:
    for block in blocks:
        alive()
        yield block


def _words(picture: Block) -> Block:
    """Return what is left of a picture that cannot be shown: its caption and what was read in it."""
    return replace(picture, kind="caption", text="\n".join(filter(None, (picture.text, picture.recognised))))


def _with_images(blocks: Iterable[Block], file: _File) -> Iterator[Block]:
    """Yield the blocks with the images that stand beside the file."""
    for block in blocks:
        if block.kind == "picture" and block.image is None and block.reference:
            yield replace(block, image=file.beside(block.reference))
        else:
            yield block


def _without_remarks(blocks: Iterable[Block], remarks: list[str]) -> Iterator[Block]:
    """Yield what belongs to the articles, and gather the remarks."""
    for block in blocks:
        if block.kind == "remark":
            remarks += filter(None, (block.text,))
        elif block.text or block.kind in ("table", "picture"):
            yield block


def _why_empty(data: bytes, remarks: list[str]) -> str:
    if remarks:
        return f"没有可以读取的文字（{remarks[0]}）"
    return "没有正文" if data.strip() else "空文件"


def _beside(folder: Path, path: str, reference: str) -> bytes | None:
    """Return the bytes of a file that another one names; None where there is none within the folder."""
    try:
        target = (folder / path).parent.joinpath(unquote(reference)).resolve()
        inside = target.relative_to(folder.resolve())
        return read_bytes(folder, inside.as_posix())
    except (ValueError, OSError, DocumentError):
        return None


def _read_archive(file: _File, surroundings: Surroundings) -> FileContent:
    """Read the files in an archive that can be read; the others are remarks. Raise UnreadableError."""
    archive = archives.open_zip(file.data)
    entries = {archives.name_of(entry): entry for entry in archive.infolist() if not entry.is_dir()}
    documents: list[Document] = []
    remarks: list[str] = []
    for name in sorted(entries):
        if any(is_left_out(part) or part == "__MACOSX" for part in PurePosixPath(name).parts):
            continue
        try:
            content = _read(_member(file.path, name, archive, entries), surroundings)
        except UnreadableError as error:
            remarks.append(f"{name}：{error}")
        else:
            documents += content.documents
            remarks += (f"{name}：{remark}" for remark in content.remarks)
    if not documents:
        raise UnreadableError(f"压缩包里没有可以读取的文件（{remarks[0]}）" if remarks else "压缩包是空的")
    return FileContent(tuple(documents), tuple(remarks))


def _member(path: str, name: str, archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> _File:
    def beside(reference: str) -> bytes | None:
        target = (PurePosixPath(name).parent / unquote(reference)).as_posix()
        return archives.read_entry(archive, entries[target]) if target in entries else None

    return _File(f"{path}/{name}", archives.read_entry(archive, entries[name]), beside)
