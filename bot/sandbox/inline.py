"""Inline mode: the bot's answer to what a person types after `@bot`, checked as Telegram checks it.

Results are articles with a text, and photos by their file id. Telegram would keep an answer for `cache_time`;
the sandbox asks each time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telegram.constants import InlineQueryLimit, InlineQueryResultLimit, InlineQueryResultsButtonLimit

from bot.sandbox.markup import inline_fields
from bot.sandbox.media import known, photo_sizes
from bot.sandbox.methods import caption, written
from bot.sandbox.wire import Params, bad_request

if TYPE_CHECKING:
    from bot.sandbox.methods import Method
    from bot.sandbox.wire import Json
    from bot.sandbox.world import World

START_PARAMETER = re.compile(
    rf"[A-Za-z0-9_-]{{1,{InlineQueryResultsButtonLimit.MAX_START_PARAMETER_LENGTH}}}", re.ASCII
)


def answer_inline_query(world: World, params: Params) -> bool:
    results = params.objects("results")
    if results is None:
        raise bad_request("can't parse inline query results: array expected")
    if len(results) > InlineQueryLimit.RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    if len(params.text("next_offset").encode()) > InlineQueryLimit.MAX_OFFSET_LENGTH:
        raise bad_request("NEXT_OFFSET_INVALID")
    ids = [str(result.get("id", "")) for result in results]
    longest = InlineQueryResultLimit.MAX_ID_LENGTH
    if not all(InlineQueryResultLimit.MIN_ID_LENGTH <= len(one.encode()) <= longest for one in ids):
        raise bad_request("RESULT_ID_INVALID")
    if len(set(ids)) < len(ids):
        raise bad_request("RESULT_ID_DUPLICATE")
    cache_time = params.integer("cache_time")
    if cache_time is not None and cache_time < 0:
        raise bad_request("CACHE_TIME_INVALID")
    answer = {
        "results": [_result(world, result) for result in results],
        "next_offset": params.text("next_offset"),
        "cache_time": 300 if cache_time is None else cache_time,
        "is_personal": params.flag("is_personal"),
        "button": _button(params.object("button")),
    }
    world.answer(params.text("inline_query_id"), answer)
    return True


def _result(world: World, result: Json) -> Json:
    """Return the result with the `content` of the message that it would become."""
    inline_fields(Params(result))
    content = result.get("input_message_content")
    if result.get("type") == "photo" and "photo_file_id" in result and content is None:
        stored = known(world, str(result["photo_file_id"]), "photo")
        return result | {"content": {"photo": photo_sizes(stored), **caption(Params(result))}}
    if result.get("type") != "article" or not isinstance(content, dict):
        raise bad_request(
            "can't parse inline query result: the sandbox takes articles with a text and cached photos only"
        )
    if not isinstance(result.get("title"), str) or not result["title"].strip():
        raise bad_request("can't parse inline query result: Can't find field \"title\"")
    return result | {"content": written(Params(content), "message_text", "message is too long")}


def _button(button: Json | None) -> Json | None:
    """Return the button over the results, which leads to a Web App or to the private chat with the bot."""
    if button is None:
        return None
    if not isinstance(button.get("text"), str) or not button["text"].strip():
        raise bad_request("can't parse inline query results button: Can't find field \"text\"")
    if ("web_app" in button) == ("start_parameter" in button):
        raise bad_request("can't parse inline query results button: exactly one of its actions is expected")
    if "start_parameter" in button and not START_PARAMETER.fullmatch(str(button["start_parameter"])):
        raise bad_request("START_PARAM_INVALID")
    return button


INLINE_METHODS: dict[str, Method] = {"answerInlineQuery": answer_inline_query}
