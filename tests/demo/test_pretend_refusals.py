"""The pretend Telegram refuses what Telegram refuses, in Telegram's words; and makes trouble when asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageEntity,
    ReplyKeyboardMarkup,
)
from telegram.error import (
    BadRequest,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
)

from bot.demo.pretend_telegram import PretendTelegram
from tests.demo.conftest import LEO, ZOE, Clock
from tests.demo.test_pretend_telegram import PNG, buttons, next_update

Send = Callable[[Bot], Awaitable[Any]]
NOT_MODIFIED = "Message is not modified: specified new message content and reply markup are exactly the same"


def text(said: str, mode: str | None = None, **more: Any) -> Send:
    return lambda bot: bot.send_message(ZOE, said, mode, **more)


def inline(*row: InlineKeyboardButton) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([row])


REFUSED: list[tuple[Send, str]] = [
    (text(""), "Message text is empty"),
    (text(" \n "), "Text must be non-empty"),
    (text("<b> </b>", "HTML"), "Text must be non-empty"),
    (text("a" * 4097), "Message is too long"),
    (text("😀" * 2049), "Message is too long"),  # two UTF-16 units each
    (text("a", "RTF"), "Unsupported parse_mode"),
    (text("<b>a", "HTML"), "Can't parse entities: can't find end tag corresponding to start tag \"b\""),
    (text("a</b>", "HTML"), "Can't parse entities: unexpected end tag at byte offset 1"),
    (text("<b>é<i>a</b>", "HTML"), "Can't parse entities: unmatched end tag at byte offset 9, expected"),
    (text("é <3", "HTML"), "Can't parse entities: unclosed start tag at byte offset 3"),
    (text("<h1>a</h1>", "HTML"), 'Can\'t parse entities: unsupported start tag "h1" at byte offset 0'),
    (
        text("é *a", "Markdown"),
        "Can't parse entities: can't find end of the entity starting at byte offset 3",
    ),
    (text("a.", "MarkdownV2"), "Can't parse entities: character '.' is reserved and must be escaped"),
    (text("a *b", "MarkdownV2"), "Can't parse entities: can't find end of Bold entity at byte offset 2"),
    (text("ab", entities=[MessageEntity("bold", 1, 2)]), "Entity beginning at UTF-16 offset 1 ends after"),
    (
        text("a", reply_markup=inline(InlineKeyboardButton("a", callback_data="é" * 33))),
        "Button_data_invalid",
    ),
    (text("a", reply_markup=inline(InlineKeyboardButton(" ", callback_data="a"))), "text must be non-empty"),
    (text("a", reply_markup=inline(InlineKeyboardButton("a"))), "Text buttons are unallowed in the inline"),
    (text("a", reply_markup=buttons(**{f"b{n}": "x" for n in range(101)})), "Reply markup is too long"),
    (text("a", reply_to_message_id=99), "Message to be replied not found"),
    (text("a", api_kwargs={"priority": "high"}), 'Parameter "priority" is not known to sendMessage'),
    (
        text("a", api_kwargs={"disable_notification": "perhaps"}),
        '"disable_notification" must be of type bool',
    ),
    (lambda bot: bot.send_message(999, "a"), "Chat not found"),
    (lambda bot: bot.send_message("@alliance", "a"), "Chat not found"),
    (lambda bot: bot.send_photo(ZOE, PNG, caption="a" * 1025), "Message caption is too long"),
    (lambda bot: bot.send_photo(ZOE, b"no picture"), "Image_process_failed"),
    (lambda bot: bot.send_voice(ZOE, "voice-99"), "Wrong remote file identifier specified"),
    (lambda bot: bot.send_chat_action(ZOE, "thinking"), "Wrong parameter action in request"),
    (lambda bot: bot.edit_message_text("b", ZOE, 99), "Message to edit not found"),
    (lambda bot: bot.edit_message_text("b", ZOE, 1), "Message can't be edited"),  # her own message
    (lambda bot: bot.delete_message(ZOE, 99), "Message to delete not found"),
    (
        lambda bot: bot.answer_callback_query("17"),
        "Query is too old and response timeout expired or query ID",
    ),
    (lambda bot: bot.set_my_commands([BotCommand("Aide", "a")]), "Bot_command_invalid"),
    (lambda bot: bot.set_my_commands([BotCommand("a" * 33, "a")]), "Bot_command_invalid"),
    (lambda bot: bot.set_my_commands([BotCommand("a", "")]), "Bot_command_description_invalid"),
    (lambda bot: bot.set_my_commands([BotCommand("a", "b")] * 101), "Bot_commands_too_much"),
    (lambda bot: bot.set_my_commands([], language_code="french"), "Invalid language code specified"),
    (lambda bot: bot.get_updates(limit=101), "Limit must be between 1 and 100"),
    (lambda bot: bot.get_updates(allowed_updates=["messages"]), "unknown kind 'messages'"),
    (lambda bot: bot.leave_chat(ZOE), "can't be changed in private chats"),
    (lambda bot: bot.set_webhook("http://example.org/"), "An HTTPS URL must be provided for webhook"),
]


@pytest.mark.parametrize(("send", "words"), REFUSED, ids=[words for _, words in REFUSED])
async def test_refused(telegram: PretendTelegram, bot: Bot, zoe: int, send: Send, words: str) -> None:
    before = len(telegram.chats[zoe].messages)
    with pytest.raises(BadRequest) as caught:
        await send(bot)
    assert words.casefold() in caught.value.message.casefold()
    assert telegram.journal[-1].status == 400
    assert telegram.journal[-1].description.startswith("Bad Request: ")
    assert len(telegram.chats[zoe].messages) == before


async def test_just_within_the_limits(telegram: PretendTelegram, bot: Bot, zoe: int) -> None:
    await bot.send_message(zoe, "😀" * 2048)
    await bot.send_message(zoe, f"<b>{'a' * 4096}</b>", "HTML")
    await bot.send_photo(zoe, PNG, caption="a" * 1024)
    hundred = InlineKeyboardMarkup.from_column([InlineKeyboardButton("b", callback_data="x" * 64)] * 100)
    await bot.send_message(zoe, "a", reply_markup=hundred)
    assert await bot.set_my_commands([BotCommand("a_1" + "a" * 29, "d" * 256)] * 100)


LINK = "[là](https://example.org)"
FORMATTED = [
    ("<a href='https://a.ca/?b=1&amp;c'>là</a> <i>é</i>", "HTML", "là é", {"là": "text_link", "é": "italic"}),
    ("*gras* _a\\_b_", "MarkdownV2", "gras a_b", {"gras": "bold", "a_b": "italic"}),
    (f"{LINK} ```\nx=1```", "MarkdownV2", "là \nx=1", {"là": "text_link", "\nx=1": "pre"}),
    (f"*gras* `c` {LINK}", "Markdown", "gras c là", {"gras": "bold", "c": "code", "là": "text_link"}),
    ("  😀 <b>a</b>  ", "HTML", "😀 a", {"a": "bold"}),
]


@pytest.mark.parametrize(("said", "mode", "shown", "kinds"), FORMATTED)
async def test_formatted(zoe: int, bot: Bot, said: str, mode: str, shown: str, kinds: dict[str, str]) -> None:
    message = await bot.send_message(zoe, said, mode)
    assert message.text == shown
    assert {part: entity.type for entity, part in message.parse_entities().items()} == kinds


async def test_nobody_is_written_to_first(telegram: PretendTelegram, bot: Bot) -> None:
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(LEO, "Hello")
    telegram.say(LEO, "/start")
    await bot.send_message(LEO, "Hello")


async def test_whoever_blocks_is_left_alone(telegram: PretendTelegram, bot: Bot, zoe: int) -> None:
    telegram.block(zoe)
    with pytest.raises(Forbidden, match=r"^Forbidden: bot was blocked by the user$"):
        await bot.send_message(zoe, "Bonjour")


async def test_after_leaving_a_group_nothing_is_sent_there(telegram: PretendTelegram, bot: Bot) -> None:
    telegram.add_to_group(-100, "Famille", ZOE)
    await bot.leave_chat(-100)
    with pytest.raises(Forbidden, match="bot is not a member of the supergroup chat"):
        await bot.send_message(-100, "Bonjour")


async def test_edits_that_change_nothing_or_cannot_be(telegram: PretendTelegram, bot: Bot, zoe: int) -> None:
    sent = await bot.send_message(zoe, "a", reply_markup=buttons(Oui="y"))
    with pytest.raises(BadRequest, match=NOT_MODIFIED):
        await bot.edit_message_text("a", zoe, sent.message_id, reply_markup=buttons(Oui="y"))
    with pytest.raises(BadRequest, match=NOT_MODIFIED):
        await bot.edit_message_reply_markup(zoe, sent.message_id, reply_markup=buttons(Oui="y"))
    picture = await bot.send_photo(zoe, PNG)
    with pytest.raises(BadRequest, match=r"[Tt]here is no text in the message to edit"):
        await bot.edit_message_text("b", zoe, picture.message_id)
    menu = await bot.send_message(zoe, "Menu", reply_markup=ReplyKeyboardMarkup([["Aide"]]))
    with pytest.raises(BadRequest, match=r"[Mm]essage can't be edited"):
        await bot.edit_message_text("b", zoe, menu.message_id)


async def test_old_messages_stay(telegram: PretendTelegram, bot: Bot, zoe: int, clock: Clock) -> None:
    sent = await bot.send_message(zoe, "a")
    clock.move(hours=48, seconds=1)
    with pytest.raises(BadRequest, match=r"[Mm]essage can't be deleted"):
        await bot.delete_message(zoe, sent.message_id)


@pytest.mark.parametrize(("seconds", "answered"), [(150, True), (151, False)])
async def test_a_tap_lives_150_seconds(
    telegram: PretendTelegram, bot: Bot, zoe: int, clock: Clock, seconds: int, answered: bool
) -> None:
    sent = await bot.send_message(zoe, "?", reply_markup=buttons(Oui="y"))
    telegram.tap(zoe, sent.message_id, "y")
    query = (await next_update(bot)).callback_query
    assert query is not None
    clock.move(seconds=seconds)
    if answered:
        assert await query.answer()
    with pytest.raises(BadRequest, match=r"[Qq]uery is too old"):  # too late, or a second time
        await query.answer()


async def test_tokens_and_methods(telegram: PretendTelegram, root: str, bot: Bot) -> None:
    async with aiohttp.ClientSession() as http, http.get(f"{root}42:OTHER/getMe") as answer:
        assert await answer.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}
    assert telegram.journal[-1].status == 401
    telegram.revoked = True
    with pytest.raises(InvalidToken, match="Unauthorized"):
        await bot.get_me()
    telegram.revoked = False
    with pytest.raises(EndPointNotFound):
        await bot.do_api_request("sendTelegram")
    assert telegram.journal[-1].status == 404


async def test_json_and_query_string_are_read_too(telegram: PretendTelegram, root: str, zoe: int) -> None:
    url = f"{root}{telegram.token}/"
    async with aiohttp.ClientSession() as http:
        markup = {"inline_keyboard": [[{"text": "Oui", "callback_data": "y"}]]}
        body = {"chat_id": zoe, "text": "Bonjour", "reply_markup": markup}
        async with http.post(url + "sendMessage", json=body) as answer:
            assert (await answer.json())["result"]["reply_markup"] == markup
        async with http.post(url + "sendMessage", json={**body, "disable_notification": "true"}) as answer:
            assert answer.status == 400  # a bool must be one in JSON
        async with http.get(url + "sendMessage", params={"chat_id": zoe, "text": "Salut"}) as answer:
            assert (await answer.json())["ok"] is True
        async with http.post(url + "getMe", data=b"{", headers={"Content-Type": "application/json"}) as answer:
            assert answer.status == 400
