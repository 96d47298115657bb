"""The Bot API's methods that edit the bot's messages, in a chat or by their `inline_message_id`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.markup import inline_fields
from bot.sandbox.media import document, photo
from bot.sandbox.methods import caption, written
from bot.sandbox.wire import Params, bad_request

if TYPE_CHECKING:
    from bot.sandbox.chats import Chat
    from bot.sandbox.methods import Method
    from bot.sandbox.wire import Json
    from bot.sandbox.world import World

TEXT = ("text", "entities")
CAPTION = ("caption", "caption_entities")
MEDIA = ("photo", "document")
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def edit_message_text(world: World, params: Params) -> Json | bool:
    _, message = _editable(world, params)
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    return _edit(world, params, written(params, "text", "MESSAGE_TOO_LONG"), TEXT)


def edit_message_caption(world: World, params: Params) -> Json | bool:
    _, message = _editable(world, params)
    if not any(media in message for media in MEDIA):
        raise bad_request("there is no caption in the message to edit")
    return _edit(world, params, caption(params), CAPTION)


def edit_message_media(world: World, params: Params) -> Json | bool:
    """Put a photo or a document in the place of whatever the message held."""
    _editable(world, params)
    media = Params(params.object("media") or {}, params.uploads)
    kind, reference = media.text("type"), media.text("media")
    if kind not in MEDIA:
        raise bad_request(f'can\'t parse InputMedia: type "{kind}" is unsupported')
    if params.text("inline_message_id") and params.attached(reference) is not None:
        raise bad_request("an inline message can't be edited with a new file")
    file = photo(world, media, reference) if kind == "photo" else document(world, media, reference)
    return _edit(world, params, {kind: file, **caption(media)}, (*TEXT, *CAPTION, *MEDIA))


def edit_message_reply_markup(world: World, params: Params) -> Json | bool:
    return _edit(world, params, {})


def _editable(world: World, params: Params) -> tuple[Chat, Json]:
    if inline_id := params.text("inline_message_id"):
        if inline_id not in world.inline:
            raise bad_request("MESSAGE_ID_INVALID")
        return world.inline[inline_id]
    chat = world.writable(params.text("chat_id"))
    message = chat.message(params.integer("message_id"), "message to edit not found")
    if message["from"]["id"] != world.bot.id or "reply_keyboard" in message:
        raise bad_request("message can't be edited")
    return chat, message


def _edit(world: World, params: Params, content: Json, replaced: tuple[str, ...] = ()) -> Json | bool:
    chat, message = _editable(world, params)
    content = content | inline_fields(params)
    replaced = (*replaced, "reply_markup")
    if all(message.get(name) == content.get(name) for name in replaced):
        raise bad_request(NOT_MODIFIED)
    changed = world.change(chat, message, content, replaced)
    return True if params.text("inline_message_id") else changed


EDITING_METHODS: dict[str, Method] = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageMedia": edit_message_media,
    "editMessageReplyMarkup": edit_message_reply_markup,
}
