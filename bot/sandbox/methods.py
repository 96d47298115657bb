"""The Bot API's methods that send messages and answer presses: each checks its call as Telegram does.

A method takes the World and the call's Params and returns the `result`, or raises ApiError in Telegram's
words. Files are in `media`, edits in `editing`, inline mode in `inline`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telegram.constants import CallbackQueryLimit, ChatAction, MessageLimit

from bot.sandbox.chats import GENERAL_TOPIC, as_replied
from bot.sandbox.entities import formatted, utf16_length
from bot.sandbox.markup import markup_fields
from bot.sandbox.wire import Params, bad_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.chats import Chat
    from bot.sandbox.wire import Json
    from bot.sandbox.world import World

    Method = Callable[[World, Params], Any]


def send_message(world: World, params: Params) -> Json:
    chat = world.writable(params.text("chat_id"))
    return send(world, chat, params, written(params, "text", "message is too long"))


def send(world: World, chat: Chat, params: Params, content: Json) -> Json:
    """Post the bot's message in the topic, with the reply and the keyboard that the call asks for."""
    return world.post(chat, world.bot, content | placed(chat, params) | markup_fields(params))


def placed(chat: Chat, params: Params) -> Json:
    """Return the fields of the topic and of the reply; a reply without a topic goes where its target is."""
    thread_id = params.integer("message_thread_id")
    if thread_id is not None and thread_id not in chat.topics:
        raise bad_request("message thread not found")
    reply = replied(chat, params)
    target = reply.get("reply_to_message", {})
    return chat.in_topic(thread_id or target.get("message_thread_id")) | reply


def written(params: Params, name: str, too_long: str) -> Json:
    """Return the fields of a text that is given under `name`."""
    text, entities = formatted(params.text(name), params.text("parse_mode"), params.objects("entities"))
    if not text:
        raise bad_request("message text is empty")
    if utf16_length(text) > MessageLimit.MAX_TEXT_LENGTH:
        raise bad_request(too_long)
    return with_entities(text, entities)


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
    content = world.forwarded(source)
    if not forward:
        del content["forward_origin"]
        content.pop("via_bot", None)
    return send(world, chat, params, content)


def send_chat_action(world: World, params: Params) -> bool:
    chat = world.writable(params.text("chat_id"))
    action = params.text("action")
    if action not in set(ChatAction):
        raise bad_request("wrong parameter action in request")
    thread_id = params.integer("message_thread_id")
    if thread_id is not None and thread_id not in {GENERAL_TOPIC, *chat.topics}:
        raise bad_request("message thread not found")
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


def answer_callback_query(world: World, params: Params) -> bool:
    text = params.text("text")
    if utf16_length(text) > CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH:
        raise bad_request("MESSAGE_TOO_LONG")
    answer = {"text": text, "show_alert": params.flag("show_alert"), "url": params.text("url")}
    world.answer(params.text("callback_query_id"), answer)
    return True


METHODS: dict[str, Method] = {
    "sendMessage": send_message,
    "deleteMessage": delete_message,
    "copyMessage": copy_message,
    "forwardMessage": forward_message,
    "sendChatAction": send_chat_action,
    "setMessageReaction": set_message_reaction,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
    "answerCallbackQuery": answer_callback_query,
}
