"""What may stand under a message: keyboards, checked as strictly as Telegram checks them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telegram.constants import InlineKeyboardButtonLimit, InlineKeyboardMarkupLimit, ReplyLimit

from bot.sandbox.wire import bad_request

if TYPE_CHECKING:
    from bot.sandbox.wire import Json, Params

ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
)  # fmt: skip
URL_SCHEMES = ("http://", "https://", "tg://")


def markup_fields(params: Params) -> Json:
    """Return what the checked `reply_markup` adds to a message; raise ApiError where it is wrong.

    Telegram gives back inline keyboards only. What else may come with a message is for its reader: it is
    kept as `reply_keyboard`, a field of the sandbox's own.
    """
    markup = params.object("reply_markup")
    if not markup:
        return {}
    if "inline_keyboard" in markup:
        return inline_fields(params)
    return {"reply_keyboard": _reply_keyboard(markup)}


def inline_fields(params: Params) -> Json:
    """Return the same where only an inline keyboard may stand."""
    markup = params.object("reply_markup")
    if not markup:
        return {}
    if "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    keyboard = inline_keyboard(markup["inline_keyboard"])
    return {"reply_markup": keyboard} if keyboard else {}


def _reply_keyboard(markup: Json) -> Json:
    if len(str(markup.get("input_field_placeholder") or "")) > ReplyLimit.MAX_INPUT_FIELD_PLACEHOLDER:
        raise bad_request("input field placeholder is too long")
    if markup.get("force_reply") or markup.get("remove_keyboard"):
        return markup
    rows = markup.get("keyboard")
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("object expected as reply markup")
    return markup | {"keyboard": [[_reply_button(button) for button in row] for row in rows if row]}


def _reply_button(button: Any) -> Json:  # noqa: ANN401 - whatever the caller sent
    button = {"text": button} if isinstance(button, str) else button
    text = button.get("text") if isinstance(button, dict) else None
    if not isinstance(text, str) or not text.strip():
        raise bad_request("can't parse keyboard button: text must be non-empty")
    return dict(button)


def inline_keyboard(rows: Any) -> Json | None:  # noqa: ANN401 - whatever the caller sent
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("object expected as reply markup")
    checked = [[_button(button) for button in row] for row in rows if row]
    if any(len(row) > InlineKeyboardMarkupLimit.BUTTONS_PER_ROW for row in checked) or (
        sum(map(len, checked)) > InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER
    ):
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": checked} if checked else None


def _button(button: Any) -> Json:  # noqa: ANN401 - whatever the caller sent
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise _wrong('Field "text" must be of type String')
    if not button["text"].strip():
        raise _wrong("text must be non-empty")
    actions = [action for action in ACTIONS if button.get(action) is not None]
    if not actions:
        raise _wrong("Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise _wrong(f"exactly one action is expected, found {' and '.join(actions)}")
    _check_action(button, actions[0])
    return dict(button)


def _check_action(button: Json, action: str) -> None:
    value = button[action]
    if action == "callback_data":
        size = len(str(value).encode())
        if (
            not InlineKeyboardButtonLimit.MIN_CALLBACK_DATA
            <= size
            <= InlineKeyboardButtonLimit.MAX_CALLBACK_DATA
        ):
            raise bad_request("BUTTON_DATA_INVALID")
    elif action == "url":
        if not str(value).startswith(URL_SCHEMES):
            raise bad_request(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
    elif action == "copy_text":
        text = value.get("text") if isinstance(value, dict) else None
        if not isinstance(text, str) or not 1 <= len(text) <= InlineKeyboardButtonLimit.MAX_COPY_TEXT:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _wrong(reason: str) -> Exception:
    return bad_request(f"can't parse inline keyboard button: {reason}")
