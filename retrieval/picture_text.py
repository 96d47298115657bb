"""The work of a worker that reads the text in single images, such as photos from a chat; it keeps nothing."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.documents import ocr
from retrieval.documents.pictures import PictureError
from retrieval.documents.recognition import text_in
from retrieval.isolation import WorkerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from retrieval.isolation import Handler, Json


@dataclass(frozen=True, slots=True)
class ReadText:
    """A request is from `request_for`; a reply has the `text`, a paragraph a line, perhaps none."""

    def __call__(self, _: Callable[[], None]) -> Handler:
        recognise = ocr.recogniser()

        def handle(request: str) -> list[Json]:
            if recognise is None:
                raise WorkerError("没有安装文字识别")
            try:
                return [{"text": text_in(b64decode(request), recognise)}]
            except PictureError as error:
                raise WorkerError(f"图片{error}") from error

        return handle


def request_for(image: bytes) -> str:
    """Return the request for an image file's text."""
    return b64encode(image).decode()
