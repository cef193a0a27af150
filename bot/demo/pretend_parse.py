"""Turns the parameters of a call, as they came over HTTP, into checked Python values.

Decides what is a well-formed call: known names, right types, keyboards within Telegram's limits. Stricter
than Telegram, which ignores unknown names: a stand-in should find mistakes. Refuses to know chats.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from bot.demo.pretend_signatures import METHODS, words
from bot.demo.pretend_state import ApiError, Button, bad_request

Json = dict[str, Any]

MOST_BUTTONS = 100  # Telegram: more inline buttons on one message are refused
CALLBACK_DATA_BYTES = 64  # Telegram: callback_data is 1-64 bytes
_INTEGER = re.compile(r"-?\d{1,19}")
_BUTTON_ACTIONS = words(
    "url callback_data web_app login_url switch_inline_query switch_inline_query_current_chat "
    "switch_inline_query_chosen_chat copy_text callback_game pay"
)
_BUTTON_LOOKS = frozenset({"text", "style", "icon_custom_emoji_id"})
_KEY_FIELDS = _BUTTON_LOOKS | words(
    "request_contact request_location request_poll request_users request_chat request_managed_bot web_app"
)
_PYTHON_TYPES: dict[str, type] = {
    "chat": int,
    "int": int,
    "bool": bool,
    "str": str,
    "object": dict,
    "list": list,
}
_MARKUP_FIELDS = {
    "inline_keyboard": frozenset({"inline_keyboard"}),
    "keyboard": words("keyboard is_persistent resize_keyboard one_time_keyboard input_field_placeholder selective"),
    "remove_keyboard": frozenset({"remove_keyboard", "selective"}),
    "force_reply": frozenset({"force_reply", "input_field_placeholder", "selective"}),
}


@dataclass(slots=True)
class Upload:
    """A file that came with the call."""

    content: bytes
    name: str

    def __repr__(self) -> str:
        return f"Upload({len(self.content)} bytes)"


@dataclass(slots=True)
class Markup:
    """A reply_markup: `kind` is the field that names it in Telegram's API, or "" where there is none."""

    kind: str = ""
    inline: list[list[Json]] = field(default_factory=list)
    keys: list[list[str]] = field(default_factory=list)
    once: bool = False

    def buttons(self) -> list[list[Button]]:
        """The inline buttons as a person sees them."""
        return [[Button(key["text"], key.get("callback_data", "")) for key in row] for row in self.inline]


def read_call(method: str, raw: dict[str, Any], *, as_text: bool) -> Json:
    """Checks a call's parameters. `as_text`: they came as form fields, so each value is a string or Upload.

    Raises ApiError: 404 for an unknown method, 400 for an unknown, missing or mistyped parameter.
    """
    signature = METHODS.get(method)
    if signature is None:
        raise ApiError(404, "Not Found")
    values: Json = {}
    attached: set[str] = set()
    for name, value in raw.items():
        known = signature.get(name)
        if known is None:
            continue
        if value is None:
            continue
        value = _value(name, known[0], value, as_text)
        if isinstance(value, str) and known[0] == "file" and value.startswith("attach://"):
            attached.add(value[9:])
            value = raw.get(value[9:])
            if not isinstance(value, Upload):
                raise bad_request("attached file not found")
        values[name] = value
    for name in raw:
        if name not in signature and name not in attached:
            raise bad_request(f'parameter "{name}" is not known to {method}')
    for name, (_, required) in signature.items():
        if required and name not in values:
            raise _missing(name)
    return values


def _missing(name: str) -> ApiError:
    said = {
        "chat_id": "chat_id is empty",
        "text": "message text is empty",
        "photo": "there is no photo in the request",
        "voice": "there is no voice in the request",
        "action": "wrong parameter action in request",
        "message_id": "message identifier is not specified",
        "commands": "expected an Array of BotCommand",
    }
    return bad_request(said.get(name, f'parameter "{name}" is required'))


def _value(name: str, kind: str, value: Any, as_text: bool) -> Any:
    if kind == "chat":
        if isinstance(value, str):
            if not value:
                raise bad_request("chat_id is empty")
            return int(value) if _INTEGER.fullmatch(value) else value
    elif kind == "file":
        if isinstance(value, str | Upload):
            return value
    elif kind != "str" if as_text else isinstance(value, str) and kind in ("object", "list"):
        value = _from_text(name, kind, value)
    wanted = _PYTHON_TYPES.get(kind)
    if wanted is None or not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise bad_request(f'parameter "{name}" must be of type {kind}')
    return value


def _from_text(name: str, kind: str, value: Any) -> Any:
    if not isinstance(value, str):
        raise bad_request(f'parameter "{name}" must be of type {kind}')
    if kind == "int":
        return int(value) if _INTEGER.fullmatch(value) else value
    if kind == "bool":
        return {"true": True, "false": False, "True": True, "False": False, "1": True, "0": False}.get(value)
    try:
        return json.loads(value)
    except ValueError:
        said = {"reply_markup": "reply keyboard markup", "reply_parameters": "reply parameters"}
        raise bad_request(f"can't parse {said.get(name, name)} JSON object") from None


def read_markup(value: Json | None) -> Markup:
    """Checks a reply_markup of any of Telegram's four kinds; None gives an empty Markup."""
    if value is None or value == {}:
        return Markup()
    kinds = [kind for kind in _MARKUP_FIELDS if kind in value]
    if len(kinds) != 1:
        raise bad_request("object expected as reply markup")
    kind = kinds[0]
    unknown = set(value) - _MARKUP_FIELDS[kind]
    if unknown:
        raise bad_request(f'field "{min(unknown)}" is not known in a reply markup')
    if kind == "inline_keyboard":
        return Markup(kind, inline=_inline(value[kind]))
    if kind == "keyboard":
        return Markup(kind, keys=_keys(value[kind]), once=value.get("one_time_keyboard") is True)
    if value[kind] is not True:
        raise bad_request(f'field "{kind}" must be True')
    return Markup(kind)


def _rows(value: Any, kind: str) -> list[list[Any]]:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        raise bad_request(f'field "{kind}" of the markup must be an Array of Arrays')
    return value


def _inline(value: Any) -> list[list[Json]]:
    rows = _rows(value, "inline_keyboard")
    if sum(len(row) for row in rows) > MOST_BUTTONS:
        raise bad_request("reply markup is too long")
    for row in rows:
        for button in row:
            _check_inline_button(button)
    return [row for row in rows if row]


def _check_inline_button(button: Any) -> None:
    opening = "can't parse inline keyboard button: "
    if not isinstance(button, dict):
        raise bad_request(opening + "InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str):
        raise bad_request(opening + 'Can\'t find field "text"')
    if not button["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    unknown = set(button) - _BUTTON_ACTIONS - _BUTTON_LOOKS
    if unknown:
        raise bad_request(opening + f'field "{min(unknown)}" is not known')
    actions = _BUTTON_ACTIONS & set(button)
    if not actions:
        raise bad_request(opening + "Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request(opening + "exactly one action must be specified")
    if "callback_data" in actions:
        data = button["callback_data"]
        if not isinstance(data, str) or not 1 <= len(data.encode()) <= CALLBACK_DATA_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
    elif "url" in actions and not re.match(r"(https?|tg)://\S+$", str(button["url"])):
        raise bad_request("inline keyboard button URL is invalid")


def _keys(value: Any) -> list[list[str]]:
    rows = _rows(value, "keyboard")
    for row in rows:
        for key in row:
            if not isinstance(key, str | dict):
                raise bad_request("can't parse keyboard button: KeyboardButton must be a String or an Object")
            if isinstance(key, dict) and set(key) - _KEY_FIELDS:
                raise bad_request(f'can\'t parse keyboard button: unknown "{min(set(key) - _KEY_FIELDS)}"')
    keys = [[key if isinstance(key, str) else key.get("text") for key in row] for row in rows]
    if not all(isinstance(text, str) and text.strip() for row in keys for text in row):
        raise bad_request("keyboard button text must be non-empty")
    return [row for row in keys if row]
