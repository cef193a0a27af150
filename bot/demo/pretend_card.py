"""The calls about the bot itself and about chats as such: its card, its menus, its webhook, leaving.

Decides results and refusals as pretend_methods does for messages. Refuses to know HTTP and faults.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from bot.demo.pretend_menu import Scope
from bot.demo.pretend_signatures import words
from bot.demo.pretend_state import ApiError, Chat, Group, PretendState, bad_request

Json = dict[str, Any]

MOST_COMMANDS = 100  # Telegram: at most 100 commands can be specified
DESCRIPTION_LENGTH = 256  # Telegram: 1-256 characters of a command's description
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"([a-z]{2})?")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_TEXTS = {"name": 64, "description": 512, "short_description": 120}  # Telegram: most characters of each
_SCOPES = words("default all_private_chats all_group_chats all_chat_administrators")
UPDATE_KINDS = words(
    "message edited_message channel_post edited_channel_post business_connection business_message "
    "edited_business_message deleted_business_messages message_reaction message_reaction_count inline_query "
    "chosen_inline_result callback_query shipping_query pre_checkout_query purchased_paid_media poll "
    "poll_answer my_chat_member chat_member chat_join_request chat_boost removed_chat_boost"
)
_GIFTS = words("unlimited_gifts limited_gifts unique_gifts premium_subscription gifts_from_channels")


def _get_me(state: PretendState, params: Json) -> Json:
    can = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}
    more = {"can_connect_to_business": False, "has_main_web_app": False}
    return {**state.bot, **can, **more}


def _language(params: Json) -> str:
    code: str = params.get("language_code", "")
    if not _LANGUAGE.fullmatch(code):
        raise bad_request("invalid language code specified")
    return code


def _scope(state: PretendState, params: Json) -> Scope:
    scope = params.get("scope") or {"type": "default"}
    kind = scope.get("type")
    if kind in _SCOPES:
        return kind, None
    if kind != "chat":
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    chat_id = scope.get("chat_id")
    if not isinstance(chat_id, int) or state.room(chat_id) is None:
        raise bad_request("chat not found")
    return kind, chat_id


def _set_my_commands(state: PretendState, params: Json) -> bool:
    commands = params["commands"]
    if len(commands) > MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    checked: list[Json] = []
    for command in commands:
        if not isinstance(command, dict) or set(command) != {"command", "description"}:
            raise bad_request("can't parse BotCommand: expected an Object with command and description")
        name, description = command["command"], command["description"]
        if not isinstance(name, str) or not _COMMAND.fullmatch(name.removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not isinstance(description, str) or not 1 <= len(description.strip()) <= DESCRIPTION_LENGTH:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        checked.append({"command": name.removeprefix("/"), "description": description.strip()})
    state.menu.commands[_scope(state, params), _language(params)] = checked
    state.touch()
    return True


def _delete_my_commands(state: PretendState, params: Json) -> bool:
    state.menu.commands.pop((_scope(state, params), _language(params)), None)
    state.touch()
    return True


def _get_my_commands(state: PretendState, params: Json) -> list[Json]:
    return state.menu.commands.get((_scope(state, params), _language(params)), [])


def _set_text(which: str) -> Callable[[PretendState, Json], bool]:
    def set_text(state: PretendState, params: Json) -> bool:
        text = params.get(which, "")
        if len(text) > _TEXTS[which]:
            raise bad_request(f"{which.upper()}_TOO_LONG")
        state.menu.texts[which, _language(params)] = text
        return True

    return set_text


def _set_chat_menu_button(state: PretendState, params: Json) -> bool:
    button = params.get("menu_button") or {"type": "default"}
    if button.get("type") not in ("default", "commands", "web_app"):
        raise bad_request("can't parse menu button: MenuButton has unsupported type")
    chat_id = params.get("chat_id")
    if chat_id is not None and chat_id not in state.chats:
        raise bad_request("chat not found")
    state.menu.buttons[chat_id] = button
    return True


def _get_chat(state: PretendState, params: Json) -> Json:
    room = state.room(params["chat_id"]) if isinstance(params["chat_id"], int) else None
    if room is None or (isinstance(room, Chat) and not room.started):
        raise bad_request("chat not found")
    if isinstance(room, Group) and room.left:
        raise ApiError(403, f"Forbidden: bot is not a member of the {room.kind} chat")
    gifts = dict.fromkeys(_GIFTS, False)
    return {**room.shape(), "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}


def _leave_chat(state: PretendState, params: Json) -> bool:
    group = state.groups.get(params["chat_id"])
    if group is None:
        private = params["chat_id"] in state.chats
        why = "chat member status can't be changed in private chats" if private else "chat not found"
        raise bad_request(why)
    if group.left:
        raise ApiError(403, f"Forbidden: bot is not a member of the {group.kind} chat")
    group.left = True
    state.left_groups.append(group.id)
    status = "administrator" if group.kind == "channel" else "member"
    state.membership(group, state.bot, status, "left")
    return True


def allow_updates(state: PretendState, kinds: list[Any]) -> None:
    """Sets the kinds of update the bot wants from now on; Telegram remembers them between calls."""
    for kind in kinds:
        if kind not in UPDATE_KINDS:
            raise bad_request(f"allowed_updates: unknown kind {kind!r}")
    state.queue.allowed = frozenset(kinds) or None


def _get_file(state: PretendState, params: Json) -> Json:
    file_id = params["file_id"]
    content = state.files.get(file_id)
    if content is None:
        raise bad_request("invalid file_id")
    return {
        "file_id": file_id,
        "file_unique_id": f"u-{file_id}",
        "file_size": len(content),
        "file_path": f"files/{file_id}",
    }


def _set_webhook(state: PretendState, params: Json) -> bool:
    url = params["url"]
    if not url:
        return _delete_webhook(state, params)
    parts = urlsplit(url)
    # Telegram takes HTTPS only; plain HTTP to this machine is let through, where no certificate can be had.
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    secret = params.get("secret_token")
    if secret is not None and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    if params.get("drop_pending_updates"):
        state.queue.clear()
    state.webhook = {
        "url": url,
        "has_custom_certificate": "certificate" in params,
        "max_connections": params.get("max_connections", 40),
        "secret_token": secret or "",
    }
    if "allowed_updates" in params:
        allow_updates(state, params["allowed_updates"])
    state.queue.end_poll("Conflict: terminated by setWebhook request")
    return True


def _delete_webhook(state: PretendState, params: Json) -> bool:
    if params.get("drop_pending_updates"):
        state.queue.clear()
    state.webhook = {"url": "", "has_custom_certificate": False}
    state.queue.wake()
    return True


def _get_webhook_info(state: PretendState, params: Json) -> Json:
    shown = {key: value for key, value in state.webhook.items() if key != "secret_token"}
    return {**shown, "pending_update_count": state.queue.waiting()}


def _yes(state: PretendState, params: Json) -> bool:
    return True


CARD_METHODS: dict[str, Callable[[PretendState, Json], Any]] = {
    "getMe": _get_me,
    "setMyCommands": _set_my_commands,
    "deleteMyCommands": _delete_my_commands,
    "getMyCommands": _get_my_commands,
    "setMyName": _set_text("name"),
    "setMyDescription": _set_text("description"),
    "setMyShortDescription": _set_text("short_description"),
    "setChatMenuButton": _set_chat_menu_button,
    "getChat": _get_chat,
    "leaveChat": _leave_chat,
    "getFile": _get_file,
    "setWebhook": _set_webhook,
    "deleteWebhook": _delete_webhook,
    "getWebhookInfo": _get_webhook_info,
    "close": _yes,
    "logOut": _yes,
}
