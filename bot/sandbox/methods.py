"""The Bot API's methods around messages and queries: each checks its call as Telegram does and acts on it.

A method takes the World and the call's Params and returns the `result`, or raises ApiError in Telegram's
words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telegram.constants import (
    CallbackQueryLimit,
    ChatAction,
    InlineQueryLimit,
    InlineQueryResultLimit,
    MessageLimit,
)

from bot.sandbox.chats import as_replied
from bot.sandbox.entities import formatted, utf16_length
from bot.sandbox.markup import reply_markup
from bot.sandbox.wire import Params, bad_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.chats import Chat, World
    from bot.sandbox.wire import Json

    Method = Callable[[World, Params], Any]

MEDIA = ("photo", "document")
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


# Messages


def send_message(world: World, params: Params) -> Json:
    chat = world.writable(params.text("chat_id"))
    text, entities = formatted(params.text("text"), params.text("parse_mode"), params.objects("entities"))
    if not text:
        raise bad_request("message text is empty")
    if utf16_length(text) > MessageLimit.MAX_TEXT_LENGTH:
        raise bad_request("message is too long")
    return send(world, chat, params, with_entities(text, entities))


def send(world: World, chat: Chat, params: Params, content: Json) -> Json:
    """Post the bot's message with the reply and the keyboard that the call asks for."""
    content = content | replied(chat, params)
    if markup := reply_markup(params):
        content["reply_markup"] = markup
    return world.post(chat, world.bot, content)


def with_entities(text: str, entities: list[Json], prefix: str = "") -> Json:
    """Return the fields of a text, or with the prefix `caption_` those of a caption."""
    content: Json = {"caption" if prefix else "text": text}
    if entities:
        content[f"{prefix}entities"] = entities
    return content


def caption(params: Params) -> Json:
    text, entities = formatted(
        params.text("caption"), params.text("parse_mode"), params.objects("caption_entities")
    )
    if utf16_length(text) > MessageLimit.CAPTION_LENGTH:
        raise bad_request("message caption is too long")
    return with_entities(text, entities, "caption_") if text else {}


def replied(chat: Chat, params: Params) -> Json:
    reply = Params(params.object("reply_parameters") or {})
    message_id = reply.integer("message_id") or params.integer("reply_to_message_id")
    if message_id is None:
        return {}
    target = chat.messages.get(message_id)
    if target is None:
        if reply.flag("allow_sending_without_reply") or params.flag("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")
    content: Json = {"reply_to_message": as_replied(target)}
    if reply.text("quote"):
        content["quote"] = quote(target, reply)
    return content


def quote(target: Json, reply: Params) -> Json:
    """Return the TextQuote; its text must stand in the message exactly as it is."""
    text, entities = formatted(
        reply.text("quote"), reply.text("quote_parse_mode"), reply.objects("quote_entities")
    )
    body = target.get("text") or target.get("caption") or ""
    at = body.find(text)
    if not text or at < 0 or utf16_length(text) > MessageLimit.CAPTION_LENGTH:
        raise bad_request("QUOTE_TEXT_INVALID")
    quoted: Json = {"text": text, "position": utf16_length(body[:at]), "is_manual": True}
    return quoted | ({"entities": entities} if entities else {})


def edit_message_text(world: World, params: Params) -> Json:
    _, message = _editable(world, params)
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    text, entities = formatted(params.text("text"), params.text("parse_mode"), params.objects("entities"))
    if not text:
        raise bad_request("message text is empty")
    if utf16_length(text) > MessageLimit.MAX_TEXT_LENGTH:
        raise bad_request("MESSAGE_TOO_LONG")
    return _edit(world, params, with_entities(text, entities), ("text", "entities"))


def edit_message_caption(world: World, params: Params) -> Json:
    _, message = _editable(world, params)
    if not any(media in message for media in MEDIA):
        raise bad_request("there is no caption in the message to edit")
    return _edit(world, params, caption(params), ("caption", "caption_entities"))


def edit_message_reply_markup(world: World, params: Params) -> Json:
    return _edit(world, params, {})


def _editable(world: World, params: Params) -> tuple[Chat, Json]:
    if params.text("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")  # the sandbox posts no inline messages
    chat = world.writable(params.text("chat_id"))
    message = chat.message(params.integer("message_id"), "message to edit not found")
    if message["from"]["id"] != world.bot.id:
        raise bad_request("message can't be edited")
    return chat, message


def _edit(world: World, params: Params, content: Json, replaced: tuple[str, ...] = ()) -> Json:
    chat, message = _editable(world, params)
    if markup := reply_markup(params):
        content = content | {"reply_markup": markup}
    replaced = (*replaced, "reply_markup")
    if all(message.get(name) == content.get(name) for name in replaced):
        raise bad_request(NOT_MODIFIED)
    return world.change(chat, message, content, replaced)


def delete_message(world: World, params: Params) -> bool:
    chat = world.writable(params.text("chat_id"))
    message = chat.message(params.integer("message_id"), "message to delete not found")
    own = message["from"]["id"] == world.bot.id
    if not own and not chat.is_private and chat.bot_status != "administrator":
        raise bad_request("message can't be deleted")
    world.delete(chat, message["message_id"])
    return True


def copy_message(world: World, params: Params) -> Json:
    sent = _repost(world, params, "message to copy not found", forward=False)
    return {"message_id": sent["message_id"]}


def forward_message(world: World, params: Params) -> Json:
    return _repost(world, params, "message to forward not found", forward=True)


def _repost(world: World, params: Params, missing: str, *, forward: bool) -> Json:
    chat = world.writable(params.text("chat_id"))
    source = world.chat(params.text("from_chat_id")).message(params.integer("message_id"), missing)
    kept = ("text", "entities", "caption", "caption_entities", *MEDIA)
    content: Json = {name: source[name] for name in kept if name in source}
    if forward:
        content["forward_origin"] = {"type": "user", "date": source["date"], "sender_user": source["from"]}
    return send(world, chat, params, content)


def send_chat_action(world: World, params: Params) -> bool:
    chat = world.writable(params.text("chat_id"))
    action = params.text("action")
    if action not in set(ChatAction):
        raise bad_request("wrong parameter action in request")
    world.journal.add("action", chat.id, action=action)
    return True


def set_message_reaction(world: World, params: Params) -> bool:
    chat = world.writable(params.text("chat_id"))
    message = chat.message(params.integer("message_id"), "message to react not found")
    reactions = params.objects("reaction") or []
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    world.journal.add("reaction", chat.id, message_id=message["message_id"], reaction=reactions)
    return True


def pin_chat_message(world: World, params: Params) -> bool:
    chat = world.writable(params.text("chat_id"))
    chat.pinned = chat.message(params.integer("message_id"), "message to pin not found")["message_id"]
    return True


def unpin_chat_message(world: World, params: Params) -> bool:
    world.writable(params.text("chat_id")).pinned = None
    return True


# Queries


def answer_callback_query(world: World, params: Params) -> bool:
    text = params.text("text")
    if utf16_length(text) > CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH:
        raise bad_request("MESSAGE_TOO_LONG")
    answer = {"text": text, "show_alert": params.flag("show_alert"), "url": params.text("url")}
    world.answer(params.text("callback_query_id"), answer)
    return True


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
    answer = {
        "results": [_inline_result(result) for result in results],
        "next_offset": params.text("next_offset"),
    }
    world.answer(params.text("inline_query_id"), answer)
    return True


def _inline_result(result: Json) -> Json:
    reply_markup(Params(result))
    content = result.get("input_message_content")
    if result.get("type") != "article" or not isinstance(content, dict):
        return result
    if not result.get("title"):
        raise bad_request("can't parse inline query result: Can't find field \"title\"")
    given = Params(content)
    text, entities = formatted(
        given.text("message_text"), given.text("parse_mode"), given.objects("entities")
    )
    if not text:
        raise bad_request("message text is empty")
    if utf16_length(text) > MessageLimit.MAX_TEXT_LENGTH:
        raise bad_request("message is too long")
    return result | {"content": with_entities(text, entities)}


METHODS: dict[str, Method] = {
    "sendMessage": send_message,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "copyMessage": copy_message,
    "forwardMessage": forward_message,
    "sendChatAction": send_chat_action,
    "setMessageReaction": set_message_reaction,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
    "answerCallbackQuery": answer_callback_query,
    "answerInlineQuery": answer_inline_query,
}
