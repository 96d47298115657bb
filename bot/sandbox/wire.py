"""One call as it comes over the wire: its parameters, its uploads, and the error it may end in.

Parameters come as JSON, as a form or as multipart, where nested values are JSON in a string; the getters
here take either. What a parameter means is not known here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.datastructures import UploadFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

Json = dict[str, Any]
"""A JSON object of the Bot API, as Telegram documents it."""


def copied(value: Any) -> Any:  # noqa: ANN401 - it is whatever the JSON holds
    """Copy nested JSON; `copy.deepcopy` takes several times as long, and every event is copied."""
    if isinstance(value, dict):
        return {name: copied(item) for name, item in value.items()}
    return [copied(item) for item in value] if isinstance(value, list) else value


class ApiError(Exception):
    """The answer `{"ok": false, …}` with an HTTP status and Telegram's own words."""

    def __init__(
        self,
        status: int,
        description: str,
        retry_after: int | None = None,
        migrate_to_chat_id: int | None = None,
    ) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.retry_after = retry_after
        self.migrate_to_chat_id = migrate_to_chat_id

    def as_json(self) -> Json:
        body: Json = {"ok": False, "error_code": self.status, "description": self.description}
        for name in ("retry_after", "migrate_to_chat_id"):
            if (value := getattr(self, name)) is not None:
                body["parameters"] = {name: value}
        return body


def bad_request(reason: str) -> ApiError:
    return ApiError(400, f"Bad Request: {reason}")


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    content_type: str
    data: bytes


class Params:
    """The parameters of one call, with getters that raise ApiError where a value has the wrong type."""

    def __init__(self, values: Mapping[str, Any], uploads: Mapping[str, Upload] | None = None) -> None:
        self.values = dict(values)
        self.uploads = dict(uploads or {})

    def text(self, name: str) -> str:
        value = self.values.get(name)
        return value if isinstance(value, str) else "" if value is None else json.dumps(value)

    def integer(self, name: str) -> int | None:
        value = self.values.get(name)
        if value is None or value == "":
            return None
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad_request(f'can\'t parse "{name}": an integer is expected') from None

    def flag(self, name: str) -> bool:
        return str(self.values.get(name, "")).lower() in {"true", "1", "yes"}

    def object(self, name: str) -> Json | None:
        """Return a nested JSON object, None where it is not given."""
        value = self._nested(name)
        if value is not None and not isinstance(value, dict):
            raise bad_request(f'can\'t parse "{name}": object expected')
        return value

    def array(self, name: str) -> list[Any] | None:
        value = self._nested(name)
        if value is not None and not isinstance(value, list):
            raise bad_request(f'can\'t parse "{name}": array expected')
        return value

    def objects(self, name: str) -> list[Json] | None:
        """Return an array whose items are objects."""
        value = self.array(name)
        if value is not None and not all(isinstance(item, dict) for item in value):
            raise bad_request(f'can\'t parse "{name}": objects expected')
        return value

    def attached(self, reference: str) -> Upload | None:
        """Return the file that `attach://<field>` names."""
        return self.uploads.get(reference.removeprefix("attach://")) if "attach://" in reference else None

    def _nested(self, name: str) -> Any:  # noqa: ANN401 - it is whatever the JSON holds
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        return _parsed(value, f"{name.replace('_', ' ')} JSON object")


def _parsed(source: str | bytes, what: str) -> Any:  # noqa: ANN401 - it is whatever the JSON holds
    try:
        value = json.loads(source)
    except (ValueError, RecursionError):
        raise bad_request(f"can't parse {what}") from None
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # an escaped lone surrogate, which no answer could carry
        raise bad_request("strings must be encoded in UTF-8") from None
    return value


async def read_params(request: Request) -> Params:
    """Read the query string and the body; the body wins."""
    values: Json = dict(request.query_params)
    uploads: dict[str, Upload] = {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        body = _parsed(await request.body() or b"{}", "JSON object")
        if not isinstance(body, dict):
            raise bad_request("object expected as the body")
        values |= body
    elif kind in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        async with request.form(max_part_size=1 << 20) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    uploads[name] = Upload(
                        value.filename or name,
                        value.content_type or "application/octet-stream",
                        await value.read(),
                    )
                else:
                    values[name] = value
    return Params(values, uploads)
