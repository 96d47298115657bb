"""Whatever a bot or a browser sends, the sandbox answers in Telegram's way and does not break."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox.server import ALL_METHODS, Sandbox
from bot.sandbox.wire import ApiError, Params

NAMES = [
    "action", "button", "cache_time", "callback_query_id", "caption", "chat_id", "commands", "description",
    "document", "entities", "file_id", "from_chat_id", "inline_message_id", "inline_query_id",
    "language_code", "media", "message_id", "message_thread_id", "next_offset", "parse_mode", "photo",
    "reaction", "reply_markup", "reply_parameters", "results", "scope", "text", "url", "user_id",
]  # fmt: skip
KEYS = [
    "callback_data", "chat_id", "command", "copy_text", "force_reply", "id", "inline_keyboard",
    "input_field_placeholder", "input_message_content", "keyboard", "length", "media", "message_id",
    "message_text", "offset", "quote", "start_parameter", "text", "title", "type", "url",
]  # fmt: skip
WORDS = st.sampled_from(["", "7", "default", "HTML", "<b>", "photo"])
LEAVES = st.none() | st.booleans() | st.integers(-9, 9) | WORDS
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=8,
)


@given(
    method=st.sampled_from(sorted(ALL_METHODS)),
    given=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6),
    encoded=st.booleans(),
)
@settings(max_examples=400)
def test_any_parameters_get_a_result_or_an_error(
    *, method: str, given: dict[str, Any], encoded: bool
) -> None:
    """As JSON and as a form, whose nested values are JSON in a string."""
    sandbox = Sandbox()
    world = sandbox.world
    world.chats[7] = sandbox.user(7).chat
    world.chats[7].bot_status = "member"
    world.post(world.chats[7], world.bot, {"text": "一"})
    world.ask(7, world.chats[7]).id = "7"
    world.queries = {"7": next(iter(world.queries.values()))}
    given = {"chat_id": 7, "callback_query_id": "7", "inline_query_id": "7", "from_chat_id": 7} | given
    if encoded:
        given = {
            name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()
        }
    try:
        answer = {"ok": True, "result": ALL_METHODS[method](world, Params(given))}
    except ApiError as error:
        answer = error.as_json()
    assert answer["ok"] or answer["error_code"] in {400, 403}
    assert json.loads(json.dumps(answer)) == answer
