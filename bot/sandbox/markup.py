"""What may stand under a message: keyboards, checked as strictly as Telegram checks them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telegram.constants import InlineKeyboardButtonLimit, InlineKeyboardMarkupLimit

from bot.sandbox.wire import bad_request

if TYPE_CHECKING:
    from bot.sandbox.wire import Json, Params

ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
)  # fmt: skip
URL_SCHEMES = ("http://", "https://", "tg://")


def reply_markup(params: Params) -> Json | None:
    """Return the checked `reply_markup`, None without one; raise ApiError where it is wrong."""
    markup = params.object("reply_markup")
    if markup is None or "inline_keyboard" not in markup:
        return markup  # reply keyboards are shown as they come
    return inline_keyboard(markup["inline_keyboard"])


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
