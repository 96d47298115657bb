"""The Bot API's methods around the bot itself: its chats, its commands, its profile and its webhook."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telegram.constants import BotCommandLimit

from bot.sandbox.webhooks import webhook_of
from bot.sandbox.wire import ApiError, Params, bad_request

if TYPE_CHECKING:
    from bot.sandbox.chats import Chat
    from bot.sandbox.methods import Method
    from bot.sandbox.wire import Json
    from bot.sandbox.world import World

LANGUAGE = re.compile(r"(?:[a-z]{2})?")  # menus and profiles know no scripts and no countries
COMMAND = re.compile(rf"[a-z0-9_]{{{BotCommandLimit.MIN_COMMAND},{BotCommandLimit.MAX_COMMAND}}}")
SCOPES = {
    "default", "all_private_chats", "all_group_chats", "all_chat_administrators",
    "chat", "chat_administrators", "chat_member",
}  # fmt: skip


def get_me(world: World, _params: Params) -> Json:
    return world.bot.as_json() | {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def get_chat(world: World, params: Params) -> Json:
    chat = world.chat(params.text("chat_id"))
    return chat.as_json() | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": GIFTS}


GIFTS = {
    "unlimited_gifts": False, "limited_gifts": False, "unique_gifts": False,
    "premium_subscription": False, "gifts_from_channels": False,
}  # fmt: skip
RIGHTS = (
    "can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats",
    "can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
    "can_edit_stories", "can_delete_stories",
)  # fmt: skip


def member(world: World, chat: Chat, user_id: int) -> Json:
    """Return the ChatMember; raise ApiError where there is none."""
    user = world.bot if user_id == world.bot.id else world.users.get(user_id)
    status = chat.bot_status if user_id == world.bot.id else chat.members.get(user_id)
    if user is None or status is None:
        raise bad_request("user not found")
    details: Json = {}
    if status == "administrator":
        details = dict.fromkeys(RIGHTS, False)
    elif status == "creator":
        details = {"is_anonymous": False}
    elif status == "kicked":
        details = {"until_date": 0}
    return {"status": status, "user": user.as_json(), **details}


def get_chat_member(world: World, params: Params) -> Json:
    return member(world, world.chat(params.text("chat_id")), params.integer("user_id") or 0)


def get_chat_administrators(world: World, params: Params) -> list[Json]:
    chat = world.chat(params.text("chat_id"))
    if chat.is_private:
        raise bad_request("there are no administrators in the private chat")
    return [
        member(world, chat, user_id)
        for user_id, status in [*chat.members.items(), (world.bot.id, chat.bot_status)]
        if status in {"administrator", "creator"}
    ]


def get_chat_member_count(world: World, params: Params) -> int:
    return len(world.chat(params.text("chat_id")).members) + 1


def set_my_commands(world: World, params: Params) -> bool:
    commands = params.objects("commands") or []
    if len(commands) > BotCommandLimit.MAX_COMMAND_NUMBER:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not COMMAND.fullmatch(str(command.get("command", "")).removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= BotCommandLimit.MAX_DESCRIPTION:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands[_scope(world, params), _language(params)] = commands
    world.journal.add("commands", 0)
    return True


def get_my_commands(world: World, params: Params) -> list[Json]:
    return world.commands.get((_scope(world, params), _language(params)), [])


def delete_my_commands(world: World, params: Params) -> bool:
    world.commands.pop((_scope(world, params), _language(params)), None)
    world.journal.add("commands", 0)
    return True


def _scope(world: World, params: Params) -> str:
    scope = params.object("scope") or {"type": "default"}
    kind = str(scope.get("type"))
    if kind not in SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    if not kind.startswith("chat"):
        return kind
    parts = [kind, str(world.chat(str(scope.get("chat_id", ""))).id)]
    return ":".join([*parts, str(scope.get("user_id"))] if kind == "chat_member" else parts)


def _language(params: Params) -> str:
    code = params.text("language_code")
    if not LANGUAGE.fullmatch(code):
        raise bad_request("invalid language code specified")
    return code


def _set_profile(name: str) -> Method:
    def set_text(world: World, params: Params) -> bool:
        world.profile[name, _language(params)] = params.text(name)
        return True

    return set_text


def _get_profile(name: str) -> Method:
    return lambda world, params: {name: world.profile.get((name, _language(params)), "")}


# Webhook and session


def set_webhook(world: World, params: Params) -> bool:
    world.updates.webhook = webhook_of(params)
    world.updates.allow(params.array("allowed_updates"))
    if params.flag("drop_pending_updates"):
        world.updates.clear()
    world.changed.notify()
    return True


def delete_webhook(world: World, params: Params) -> bool:
    return set_webhook(world, Params({"drop_pending_updates": params.flag("drop_pending_updates")}))


def get_webhook_info(world: World, _params: Params) -> Json:
    webhook = world.updates.webhook
    info = webhook.as_json() if webhook else {"url": "", "has_custom_certificate": False}
    return info | {"pending_update_count": len(world.updates)}


def leave_chat(world: World, params: Params) -> bool:
    chat = world.writable(params.text("chat_id"))
    if chat.is_private:
        raise ApiError(403, "Forbidden: bot is not a member of the private chat")
    chat.bot_status = "left"
    return True


def accept(_world: World, _params: Params) -> bool:
    return True


ACCOUNT_METHODS: dict[str, Method] = {
    "getMe": get_me,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "getChatMemberCount": get_chat_member_count,
    "leaveChat": leave_chat,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": _set_profile("name"),
    "getMyName": _get_profile("name"),
    "setMyDescription": _set_profile("description"),
    "getMyDescription": _get_profile("description"),
    "setMyShortDescription": _set_profile("short_description"),
    "getMyShortDescription": _get_profile("short_description"),
    "setChatMenuButton": accept,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "logOut": accept,
    "close": accept,
}
