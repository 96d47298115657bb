"""The recogniser: RapidOCR on ONNX Runtime, whose models are in its package; it needs no network.

It is an extra, `wenju[ocr]`; without it there is no recogniser. It takes about 600 MB and a second to load,
which the first image that is not known yet brings about. What was read is kept by content.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import astuple, replace
from importlib import metadata
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageOps

from retrieval.documents import pictures
from retrieval.documents.lines import tidy
from retrieval.documents.page_layout import Line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from retrieval.documents.recognition import Recognise

ROOM = 1024 * 1024 * 1024
"""Bytes of memory that a worker needs for the engine, beside what it needs anyway."""

_PACKAGES = ("rapidocr", "onnxruntime")
_OPTIONS = {
    # Workers run side by side, each on one processor.
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    "Global.text_score": 0.0,  # every line is given, with its confidence
    "Global.log_level": "critical",
}
_LEAST_SIDE = 24
_LARGEST_SIDE = 1600  # pixels; letters of a printed page are then some 20 high
_TALL = 2.0  # times its width: read in tiles, so that letters stay large enough
_TILE_WIDTH, _OVERLAP, _MOST_TILES = 1100, 100, 6
_BESIDE_HAN = re.compile(r"(?<=[\u3400-\u9fff])[?!,;:)]| ?\((?=[\u3400-\u9fff])")
_TO_WIDE = ord("？") - ord("?")
_ASKED = 5  # lines of a page whose orientation is looked at
_KEPT_FILES, _PRUNED_EVERY = 20_000, 1000


def identity() -> str:
    """Return what tells recognisers apart that may read the same image differently; empty without one."""
    if any(find_spec(name) is None for name in _PACKAGES):
        return ""
    return f"rapidocr {metadata.version('rapidocr')}"


def recogniser(cache: Path | None = None) -> Recognise | None:
    """Return what reads images, keeping what it read in the folder `cache`; None without the extra."""
    name = identity()
    if not name:
        return None
    engine = _Engine()
    return _Cached(engine, cache, name).lines if cache else engine.lines


class _Engine:
    """RapidOCR, loaded with the first image."""

    def __init__(self) -> None:
        self._engine: Any = None

    def lines(self, data: bytes) -> list[Line]:
        """Return the lines in an image file. Raise PictureError."""
        with pictures.opened(data) as opened:
            if min(opened.size) < _LEAST_SIDE:
                return []
            image = _fitted(opened)
        return [line for top, tile in _tiles(image) for line in self._tile(tile, top, image.height)]

    def _tile(self, tile: Image.Image, top: int, height: int) -> Iterator[Line]:
        """Yield the lines whose middle is nearer to this tile's middle than to its neighbours'."""
        start = top + _OVERLAP / 2 if top else 0
        end = top + tile.height - _OVERLAP / 2 if top + tile.height < height else height
        for line in self._read(tile):
            if start <= line.middle + top < end:
                yield replace(line, top=line.top + top, bottom=line.bottom + top)

    def _read(self, image: Image.Image) -> list[Line]:
        import numpy as np  # noqa: PLC0415 - only who reads images needs it

        if self._engine is None:
            from rapidocr import RapidOCR  # noqa: PLC0415 - an extra, and slow to load

            self._engine = RapidOCR(params=_OPTIONS)
        pixels = np.asarray(_padded(image))[:, :, ::-1]  # as OpenCV has them: blue first
        result = self._engine(pixels, use_det=True, use_cls=True, use_rec=True)
        if result.boxes is None or result.txts is None:
            return []
        found = zip(result.boxes, result.txts, result.scores, strict=True)
        lines = [_line(box, _widened(tidy(text)), float(score)) for box, text, score in found if tidy(text)]
        return self._upright(image, lines)

    def _upright(self, image: Image.Image, lines: list[Line]) -> list[Line]:
        """Return the lines of a page that lies on its side or its head as if it stood upright."""
        asked = sorted(lines, key=lambda line: len(line.text))[-_ASKED:]
        sideways = sum(line.height > line.right - line.left for line in asked) * 2 > len(asked)
        size = (image.height, image.width) if sideways else image.size
        if sideways:
            lines = [
                Line(line.text, line.confidence, line.top, image.width - line.right,
                     line.bottom, image.width - line.left)
                for line in lines
            ]  # fmt: skip
        if sum(self._is_on_its_head(image, line, sideways=sideways) for line in asked) * 2 <= len(asked):
            return lines
        width, height = size
        return [
            Line(line.text, line.confidence, width - line.right, height - line.bottom,
                 width - line.left, height - line.top)
            for line in lines
        ]  # fmt: skip

    def _is_on_its_head(self, image: Image.Image, line: Line, *, sideways: bool) -> bool:
        import numpy as np  # noqa: PLC0415 - as above

        part = image.crop((int(line.left), int(line.top), int(line.right) + 1, int(line.bottom) + 1))
        upright = part.transpose(Image.Transpose.ROTATE_90) if sideways else part
        result = self._engine(np.asarray(upright)[:, :, ::-1], use_det=False, use_cls=True, use_rec=False)
        return bool(result.cls_res) and result.cls_res[0][0] == "180"


class _Cached:
    """What an engine read, a file for each image, named by its content; the files used last are kept."""

    def __init__(self, engine: _Engine, folder: Path, name: str) -> None:
        self._engine = engine
        self._folder = folder
        self._name = name
        self._written = 0

    def lines(self, data: bytes) -> list[Line]:
        digest = hashlib.blake2b(data, digest_size=16, key=self._name.encode()[:64]).hexdigest()
        file = self._folder / f"{digest}.json"
        known = _kept(file)
        if known is not None:
            return known
        found = self._engine.lines(data)
        self._keep(file, found)
        return found

    def _keep(self, file: Path, lines: list[Line]) -> None:
        part = file.with_suffix(f".{os.getpid()}.part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if self._written % _PRUNED_EVERY == 0:
                _prune(self._folder)
            part.write_text(json.dumps([astuple(line) for line in lines], ensure_ascii=False), "utf-8")
            part.replace(file)
        except OSError:
            return  # a full disk: the image is read anew the next time
        self._written += 1


def _kept(file: Path) -> list[Line] | None:
    """Return the lines that a file of the cache holds; None where it is missing or damaged."""
    try:
        lines = [Line(*values) for values in json.loads(file.read_text("utf-8"))]
        os.utime(file)
    except (OSError, ValueError, TypeError):
        return None
    return lines


def _prune(folder: Path) -> None:
    """Remove the files that have not been used for longest; parts that a crash has left are among them."""
    files = sorted(folder.iterdir(), key=lambda file: file.stat().st_mtime)
    for file in files[:-_KEPT_FILES]:
        file.unlink(missing_ok=True)


def _line(box: Any, text: str, confidence: float) -> Line:  # noqa: ANN401 - an array of numpy
    """Return the line in a box of four corners, which may be a little askew, clockwise from the top left."""
    columns, rows = [float(x) for x, _ in box], [float(y) for _, y in box]
    if max(rows) - min(rows) > max(columns) - min(columns):
        return Line(text, confidence, min(columns), min(rows), max(columns), max(rows))
    middle, height = sum(rows) / 4, max((rows[3] - rows[0] + rows[2] - rows[1]) / 2, 1.0)
    return Line(text, confidence, min(columns), middle - height / 2, max(columns), middle + height / 2)


def _fitted(image: Image.Image) -> Image.Image:
    """Return the image upright, in colours, on white, and no larger than need be."""
    fitted = ImageOps.exif_transpose(image)
    tall = fitted.height > _TALL * fitted.width
    fitted.thumbnail((_TILE_WIDTH, fitted.height) if tall else (_LARGEST_SIDE, _LARGEST_SIDE))
    if "A" in fitted.getbands() or "transparency" in fitted.info:
        fitted = fitted.convert("RGBA")
        white = Image.new("RGB", fitted.size, "white")
        white.paste(fitted, mask=fitted.getchannel("A"))
        return white
    return fitted.convert("RGB")


def _widened(text: str) -> str:
    """Return a line with wide marks beside Han characters, which the engine confuses with narrow ones."""
    text = _BESIDE_HAN.sub(lambda mark: chr(ord(mark[0].strip()) + _TO_WIDE), text)
    return text.replace(")", "）") if "（" in text and "(" not in text else text


def _padded(image: Image.Image) -> Image.Image:
    """Return a narrow image on a wider white one: the engine enlarges by the shorter side."""
    least = int(max(image.size) / _TALL)
    if min(image.size) >= least:
        return image
    padded = Image.new("RGB", (max(image.width, least), max(image.height, least)), "white")
    padded.paste(image)
    return padded


def _tiles(image: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """Yield a tall image in tiles that overlap, each with its top; what is far too tall is not read on."""
    if image.height <= _TALL * image.width:
        yield 0, image
        return
    step = _LARGEST_SIDE - _OVERLAP
    for top in range(0, min(image.height - _OVERLAP, step * _MOST_TILES), step):
        yield top, image.crop((0, top, image.width, min(top + _LARGEST_SIDE, image.height)))
