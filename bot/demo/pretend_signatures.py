"""The calls the pretend Bot API knows, with the name and type of every parameter of each.

Taken from Telegram's page of the Bot API (Bot API 10.1, June 11, 2026); `!` marks a required one.
Inline mode and rich messages are left out. The values themselves are checked elsewhere.
"""

from __future__ import annotations

SIGNATURES: dict[str, str] = {
    "getMe": "",
    "getUpdates": "offset:int limit:int timeout:int allowed_updates:list",
    "setWebhook": (
        "url:str! certificate:file ip_address:str max_connections:int allowed_updates:list "
        "drop_pending_updates:bool secret_token:str"
    ),
    "deleteWebhook": "drop_pending_updates:bool",
    "getWebhookInfo": "",
    "sendMessage": (
        "business_connection_id:str chat_id:chat! message_thread_id:int direct_messages_topic_id:int "
        "text:str! parse_mode:str entities:list link_preview_options:object disable_notification:bool "
        "protect_content:bool allow_paid_broadcast:bool message_effect_id:str "
        "suggested_post_parameters:object reply_parameters:object reply_markup:object"
    ),
    "editMessageText": (
        "business_connection_id:str chat_id:chat! message_id:int! text:str! parse_mode:str "
        "entities:list link_preview_options:object reply_markup:object"
    ),
    "editMessageReplyMarkup": ("business_connection_id:str chat_id:chat! message_id:int! reply_markup:object"),
    "deleteMessage": "chat_id:chat! message_id:int!",
    "answerCallbackQuery": "callback_query_id:str! text:str show_alert:bool url:str cache_time:int",
    "sendChatAction": "business_connection_id:str chat_id:chat! message_thread_id:int action:str!",
    "sendPhoto": (
        "business_connection_id:str chat_id:chat! message_thread_id:int direct_messages_topic_id:int "
        "photo:file! caption:str parse_mode:str caption_entities:list show_caption_above_media:bool "
        "has_spoiler:bool disable_notification:bool protect_content:bool allow_paid_broadcast:bool "
        "message_effect_id:str suggested_post_parameters:object reply_parameters:object "
        "reply_markup:object"
    ),
    "sendVoice": (
        "business_connection_id:str chat_id:chat! message_thread_id:int direct_messages_topic_id:int "
        "voice:file! caption:str parse_mode:str caption_entities:list duration:int "
        "disable_notification:bool protect_content:bool allow_paid_broadcast:bool "
        "message_effect_id:str suggested_post_parameters:object reply_parameters:object "
        "reply_markup:object"
    ),
    "copyMessage": (
        "chat_id:chat! message_thread_id:int direct_messages_topic_id:int from_chat_id:chat! "
        "message_id:int! video_start_timestamp:int caption:str parse_mode:str caption_entities:list "
        "show_caption_above_media:bool disable_notification:bool protect_content:bool "
        "allow_paid_broadcast:bool message_effect_id:str suggested_post_parameters:object "
        "reply_parameters:object reply_markup:object"
    ),
    "forwardMessage": (
        "chat_id:chat! message_thread_id:int direct_messages_topic_id:int from_chat_id:chat! "
        "video_start_timestamp:int disable_notification:bool protect_content:bool "
        "message_effect_id:str suggested_post_parameters:object message_id:int!"
    ),
    "setMyCommands": "commands:list! scope:object language_code:str",
    "deleteMyCommands": "scope:object language_code:str",
    "getMyCommands": "scope:object language_code:str",
    "setMyDescription": "description:str language_code:str",
    "setMyShortDescription": "short_description:str language_code:str",
    "setMyName": "name:str language_code:str",
    "setChatMenuButton": "chat_id:chat menu_button:object",
    "leaveChat": "chat_id:chat!",
    "getChat": "chat_id:chat!",
    "getFile": "file_id:str!",
    "close": "",
    "logOut": "",
}


def words(text: str) -> frozenset[str]:
    """A set of names written as one text, a space between them."""
    return frozenset(text.split())


Signature = dict[str, tuple[str, bool]]


def _read(text: str) -> Signature:
    pairs = (word.split(":") for word in text.split())
    return {name: (kind.rstrip("!"), kind.endswith("!")) for name, kind in pairs}


METHODS: dict[str, Signature] = {method: _read(text) for method, text in SIGNATURES.items()}
"""Method → parameter → (type, required). Types: chat int str bool object list file."""
