"""What each call of the pretend Bot API does, once its parameters are well formed.

Decides results and refusals, in Telegram's words (as tdlib and its Bot API server say them). Refuses to
know HTTP, faults and rate limits. The calls about messages are here; the bot's card is in pretend_card.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bot.demo.pretend_card import CARD_METHODS
from bot.demo.pretend_content import picture_content, voice_content
from bot.demo.pretend_markup import formatted, units
from bot.demo.pretend_parse import Markup, Upload, read_markup
from bot.demo.pretend_signatures import words
from bot.demo.pretend_state import (
    TYPING_LASTS,
    ApiError,
    Chat,
    Group,
    Message,
    PretendState,
    Room,
    bad_request,
)

Json = dict[str, Any]
Handler = Callable[[PretendState, Json], Any]

TEXT_UNITS = 4096  # Telegram: 1-4096 characters after entities parsing
CAPTION_UNITS = 1024  # Telegram: 0-1024 characters after entities parsing
NOTICE_UNITS = 200  # Telegram: the text of a callback answer, 0-200 characters
TAP_LIVES = timedelta(seconds=150)  # measured on Telegram; it says only that a query grows "too old"
DELETABLE = timedelta(hours=48)  # Telegram: a message can only be deleted if sent less than 48 hours ago
_ACTIONS = words(
    "typing upload_photo record_video upload_video record_voice upload_voice upload_document "
    "choose_sticker find_location record_video_note upload_video_note"
)
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def _reachable(state: PretendState, chat_id: int | str) -> Room:
    """The chat, if the bot may write there now."""
    room = state.room(chat_id) if isinstance(chat_id, int) else None
    if room is None:
        raise bad_request("chat not found")
    if isinstance(room, Chat):
        if not room.started:
            raise ApiError(403, "Forbidden: bot can't initiate conversation with a user")
        if room.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
    elif isinstance(room, Group) and room.left:
        raise ApiError(403, f"Forbidden: bot is not a member of the {room.kind} chat")
    return room


def _text(params: Json) -> tuple[str, list[Json]]:
    if not params["text"]:
        raise bad_request("message text is empty")
    text, entities = formatted(params["text"], params.get("parse_mode"), params.get("entities"))
    if not text:
        raise bad_request("text must be non-empty")
    if units(text) > TEXT_UNITS:
        raise bad_request("message is too long")
    return text, entities


def _caption(params: Json) -> tuple[str | None, list[Json]]:
    mode, given = params.get("parse_mode"), params.get("caption_entities")
    text, entities = formatted(params.get("caption", ""), mode, given)
    if units(text) > CAPTION_UNITS:
        raise bad_request("message caption is too long")
    return text or None, entities


def _reply_to(room: Room, params: Json) -> int | None:
    given = params.get("reply_parameters")
    if given is None:
        return None
    message_id = given.get("message_id")
    if not isinstance(message_id, int):
        raise bad_request("can't parse reply parameters: message_id must be an Integer")
    if room.find(message_id) is None:
        if given.get("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")
    return message_id


def _post(state: PretendState, room: Room, params: Json, **fields: Any) -> Message:
    """Puts a message of the bot into a chat, with its keyboard and what it replies to."""
    markup = read_markup(params.get("reply_markup"))
    reply_to = _reply_to(room, params)
    message = state.new_message(
        room,
        from_bot=True,
        author=state.bot,
        reply_to=reply_to,
        buttons=markup.buttons(),
        inline_keyboard=markup.inline,
        had_keyboard=markup.kind not in ("", "inline_keyboard"),
        **fields,
    )
    if isinstance(room, Chat):
        room.typing_until = None
        if markup.kind == "keyboard":
            room.keyboard, room.keyboard_once = markup.keys, markup.once
        elif markup.kind == "remove_keyboard":
            room.keyboard = None
    return message


def _send_message(state: PretendState, params: Json) -> Json:
    text, entities = _text(params)
    room = _reachable(state, params["chat_id"])
    return state.shape(room, _post(state, room, params, text=text, entities=entities))


def _file(state: PretendState, value: str | Upload, kind: str) -> tuple[bytes, str]:
    """The bytes of an upload or of a known file_id, and the file_id."""
    if isinstance(value, Upload):
        if not value.content:
            raise bad_request("file must be non-empty")
        return value.content, state.keep_file(kind, value.content)
    if value not in state.files:
        raise bad_request("wrong remote file identifier specified: Wrong string length")
    if not value.startswith(f"{kind}-"):
        raise bad_request(f"can't use file of type {value.partition('-')[0]} as {kind}")
    return state.files[value], value


def _send_photo(state: PretendState, params: Json) -> Json:
    caption, entities = _caption(params)
    room = _reachable(state, params["chat_id"])
    read_markup(params.get("reply_markup"))
    photo, file_id = _file(state, params["photo"], "photo")
    content = picture_content(photo, file_id)
    fields = {"kind": "photo", "photo": photo, "caption": caption, "entities": entities, "content": content}
    return state.shape(room, _post(state, room, params, **fields))


def _send_voice(state: PretendState, params: Json) -> Json:
    caption, entities = _caption(params)
    room = _reachable(state, params["chat_id"])
    voice, file_id = _file(state, params["voice"], "voice")
    content = voice_content(file_id, params.get("duration", 0), len(voice))
    fields = {"kind": "voice", "caption": caption, "entities": entities, "content": content}
    return state.shape(room, _post(state, room, params, **fields))


def _original(state: PretendState, params: Json, what: str) -> Message:
    origin = state.room(params["from_chat_id"]) if isinstance(params["from_chat_id"], int) else None
    if origin is None:
        raise bad_request("chat not found")
    original = origin.find(params["message_id"])
    if original is None:
        raise bad_request(f"{what} not found")
    return original


def _again(state: PretendState, params: Json, original: Message, **changed: Any) -> Message:
    room = _reachable(state, params["chat_id"])
    fields = {
        "kind": original.kind,
        "text": original.text,
        "entities": original.entities,
        "caption": original.caption,
        "content": original.content,
        "photo": original.photo,
    }
    return _post(state, room, params, **{**fields, **changed})


def _copy_message(state: PretendState, params: Json) -> Json:
    original = _original(state, params, "message to copy")
    changed: Json = {}
    if "caption" in params and original.kind != "text":
        changed["caption"], changed["entities"] = _caption(params)
    return {"message_id": _again(state, params, original, **changed).id}


def _forward_message(state: PretendState, params: Json) -> Json:
    original = _original(state, params, "message to forward")
    message = _again(state, params, original, forwarded=True)
    return state.shape(_reachable(state, params["chat_id"]), message)


def _editable(state: PretendState, params: Json) -> tuple[Room, Message]:
    room = _reachable(state, params["chat_id"])
    message = room.find(params["message_id"])
    if message is None:
        raise bad_request("message to edit not found")
    # A message that brought a keyboard under the text field cannot be edited (tdlib: can_edit_message).
    if not message.from_bot or message.forwarded or message.had_keyboard:
        raise bad_request("message can't be edited")
    return room, message


def _inline_only(params: Json) -> Markup:
    markup = read_markup(params.get("reply_markup"))
    if markup.kind not in ("", "inline_keyboard"):
        raise bad_request("inline keyboard expected")
    return markup


def _put_buttons(message: Message, markup: Markup) -> None:
    message.buttons, message.inline_keyboard = markup.buttons(), markup.inline


def _edit_message_text(state: PretendState, params: Json) -> Json:
    text, entities = _text(params)
    room, message = _editable(state, params)
    if message.kind != "text":
        raise bad_request("there is no text in the message to edit")
    markup = _inline_only(params)
    if (text, entities, markup.inline) == (message.text, message.entities, message.inline_keyboard):
        raise bad_request(_NOT_MODIFIED)
    message.text, message.entities = text, entities
    message.edited, message.edited_at = True, state.now()
    _put_buttons(message, markup)
    state.touch()
    return state.shape(room, message)


def _edit_message_reply_markup(state: PretendState, params: Json) -> Json:
    room, message = _editable(state, params)
    markup = _inline_only(params)
    if markup.inline == message.inline_keyboard:
        raise bad_request(_NOT_MODIFIED)
    _put_buttons(message, markup)
    message.edited_at = state.now()
    state.touch()
    return state.shape(room, message)


def _delete_message(state: PretendState, params: Json) -> bool:
    room = _reachable(state, params["chat_id"])
    message = room.find(params["message_id"])
    if message is None:
        raise bad_request("message to delete not found")
    if state.now() - message.at > DELETABLE or (isinstance(room, Group) and not message.from_bot):
        raise bad_request("message can't be deleted")
    room.remove(message.id)
    state.touch()
    return True


def _answer_callback_query(state: PretendState, params: Json) -> bool:
    text = params.get("text", "")
    if units(text) > NOTICE_UNITS:
        raise bad_request("MESSAGE_TOO_LONG")
    tap = state.taps.pop(params["callback_query_id"], None)
    if tap is None or state.now() - tap.at > TAP_LIVES:
        raise bad_request(_TOO_OLD)
    chat = state.chats.get(tap.chat_id)
    if text and chat is not None:
        chat.notices.append(text)
        state.touch()
    return True


def _send_chat_action(state: PretendState, params: Json) -> bool:
    if params["action"] not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    room = _reachable(state, params["chat_id"])
    if isinstance(room, Chat) and params["action"] == "typing":
        room.typing_until = state.now() + TYPING_LASTS
        state.touch()
    return True


HANDLERS: dict[str, Handler] = {
    "sendMessage": _send_message,
    "sendPhoto": _send_photo,
    "sendVoice": _send_voice,
    "copyMessage": _copy_message,
    "forwardMessage": _forward_message,
    "editMessageText": _edit_message_text,
    "editMessageReplyMarkup": _edit_message_reply_markup,
    "deleteMessage": _delete_message,
    "answerCallbackQuery": _answer_callback_query,
    "sendChatAction": _send_chat_action,
    **CARD_METHODS,
}
"""Every call that answers at once; getUpdates, which waits, is answered beside the HTTP server."""
