"""What people do on the pretend Telegram reaches the real library as Telegram would tell it, and back."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    Update,
)
from telegram.error import Conflict

from bot.demo.pretend_content import KINDS
from bot.demo.pretend_telegram import PretendTelegram
from tests.demo.conftest import LEO, ZOE, Clock

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000640000003208000000")


def buttons(**data: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(text, callback_data=d)] for text, d in data.items()])


async def next_update(bot: Bot) -> Update:
    """The one update that waits; confirmed as it is read."""
    (update,) = await bot.get_updates(timeout=5)
    await bot.get_updates(offset=update.update_id + 1)
    return update


async def test_who_the_bot_is(telegram: PretendTelegram, bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.id, me.is_bot, me.username) == (42, True, "alliance_demo_bot")


async def test_a_text_arrives_with_its_writer_and_its_command_marked(telegram: PretendTelegram, bot: Bot) -> None:
    update_id = telegram.say(ZOE, "😀 /aide merci")
    update = await next_update(bot)
    message = update.message
    assert message is not None
    assert message.from_user is not None
    assert update.update_id == update_id
    assert (message.text, message.chat.id, message.chat.type) == ("😀 /aide merci", ZOE, "private")
    assert (message.from_user.first_name, message.from_user.language_code) == ("Zoé", "fr")
    assert list(message.parse_entities().values()) == ["/aide"]  # the offset counts UTF-16 units


async def test_a_forwarded_text_says_so(telegram: PretendTelegram, bot: Bot) -> None:
    telegram.say(ZOE, "vu ailleurs", forwarded=True)
    update = await next_update(bot)
    assert update.message is not None
    assert update.message.forward_origin is not None


@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_every_kind_of_message_parses(telegram: PretendTelegram, bot: Bot, kind: str) -> None:
    telegram.send(ZOE, kind)
    message = (await next_update(bot)).message
    assert message is not None
    assert message.text is None
    assert getattr(message, kind)


async def test_a_caption_comes_with_a_picture_that_can_be_fetched(telegram: PretendTelegram, bot: Bot) -> None:
    telegram.send(ZOE, "photo", caption="mon jardin")
    message = (await next_update(bot)).message
    assert message is not None
    assert message.caption == "mon jardin"
    file = await bot.get_file(message.photo[0].file_id)
    assert file.file_size == len(telegram.chats[ZOE].messages[-1].photo or b"") > 0


async def test_an_edit_is_an_edit(telegram: PretendTelegram, bot: Bot, zoe: int, clock: Clock) -> None:
    message_id = telegram.chats[zoe].messages[0].id
    clock.move(minutes=1)
    telegram.edit(zoe, message_id, "autre chose")
    update = await next_update(bot)
    assert update.edited_message is not None
    assert update.edited_message.edit_date == clock()
    assert update.edited_message.text == "autre chose"
    sent = await bot.send_message(zoe, "à nous")
    with pytest.raises(ValueError, match="of their own"):
        telegram.edit(zoe, sent.message_id, "pas à elle")


async def test_blocking_and_coming_back(telegram: PretendTelegram, bot: Bot, zoe: int) -> None:
    telegram.block(zoe)
    change = (await next_update(bot)).my_chat_member
    assert change is not None
    assert (change.old_chat_member.status, change.new_chat_member.status) == ("member", "kicked")
    with pytest.raises(ValueError, match="unblock"):
        telegram.say(zoe, "coucou")
    telegram.unblock(zoe)
    assert (await next_update(bot)).my_chat_member is not None
    assert (await bot.send_message(zoe, "Bonjour")).text == "Bonjour"


async def test_a_message_with_buttons_tap_answer_and_edit(telegram: PretendTelegram, bot: Bot, zoe: int) -> None:
    sent = await bot.send_message(zoe, "<b>Comment</b> &amp; où ?", "HTML", reply_markup=buttons(Bien="r:2"))
    assert sent.text == "Comment & où ?"
    assert sent.parse_entities() == {sent.entities[0]: "Comment"}
    seen = telegram.chats[zoe].messages[-1]
    assert [(button.text, button.data) for row in seen.buttons for button in row] == [("Bien", "r:2")]
    telegram.tap(zoe, sent.message_id, "r:2")
    query = (await next_update(bot)).callback_query
    assert query is not None
    assert query.data == "r:2"
    assert query.from_user.id == zoe
    assert query.message is not None
    assert query.message.message_id == sent.message_id
    await query.answer("Noté")
    await query.edit_message_text("C'est noté.")
    assert telegram.chats[zoe].notices == ["Noté"]
    assert (seen.text, seen.buttons, seen.edited) == ("C'est noté.", [], True)
    with pytest.raises(ValueError, match="not on that message"):
        telegram.tap(zoe, sent.message_id, "r:2")
    assert telegram.waiting_updates() == 0


async def test_a_stale_tap_on_a_message_that_is_gone(telegram: PretendTelegram, bot: Bot, zoe: int) -> None:
    sent = await bot.send_message(zoe, "?", reply_markup=buttons(Oui="y"))
    await bot.edit_message_reply_markup(zoe, sent.message_id)
    assert await bot.delete_message(zoe, sent.message_id)
    telegram.tap(zoe, sent.message_id, "y", stale=True)
    query = (await next_update(bot)).callback_query
    assert query is not None
    assert query.message is not None
    assert query.message.date == datetime.fromtimestamp(0, UTC)  # how Telegram says: not accessible any more


async def test_a_keyboard_that_stays_and_one_that_goes(telegram: PretendTelegram, bot: Bot, zoe: int) -> None:
    chat = telegram.chats[zoe]
    await bot.send_message(zoe, "Menu", reply_markup=ReplyKeyboardMarkup([["Aide", "Pause"]]))
    telegram.say(zoe, "Aide")
    seen = [chat.keyboard]
    await bot.send_message(zoe, "?", reply_markup=ReplyKeyboardMarkup([["Oui"]], one_time_keyboard=True))
    telegram.say(zoe, "Oui")
    seen.append(chat.keyboard)
    await bot.send_message(zoe, "Menu", reply_markup=ReplyKeyboardMarkup([["Aide"]]))
    seen.append(chat.keyboard)
    await bot.send_message(zoe, "Fini", reply_markup=ReplyKeyboardRemove())
    seen.append(chat.keyboard)
    assert seen == [[["Aide", "Pause"]], None, [["Aide"]], None]


async def test_pictures_voices_replies_and_copies(telegram: PretendTelegram, bot: Bot, zoe: int) -> None:
    telegram.say(LEO, "hello")
    telegram.send(LEO, "voice")
    spoken = telegram.chats[LEO].messages[-1]
    sent = await bot.send_photo(zoe, PNG, caption="Le chemin")
    assert (sent.photo[0].width, sent.photo[0].height, sent.caption) == (100, 50, "Le chemin")
    assert telegram.chats[zoe].messages[-1].photo == PNG
    reply = await bot.send_message(zoe, "Voyez", reply_to_message_id=sent.message_id)
    assert reply.reply_to_message is not None
    assert reply.reply_to_message.message_id == sent.message_id
    voice = await bot.send_voice(zoe, spoken.content["voice"]["file_id"])
    assert voice.voice is not None
    copied = await bot.copy_message(zoe, LEO, spoken.id)
    assert telegram.chats[zoe].find(copied.message_id) is telegram.chats[zoe].messages[-1]
    forwarded = await bot.forward_message(zoe, LEO, spoken.id)
    assert forwarded.forward_origin is not None
    assert forwarded.voice is not None


async def test_typing_shows_for_five_seconds_or_until_the_message(
    telegram: PretendTelegram, bot: Bot, zoe: int, clock: Clock
) -> None:
    await bot.send_chat_action(zoe, "typing")
    until = telegram.chats[zoe].typing_until
    assert until is not None
    assert (until - clock()).total_seconds() == 5
    await bot.send_message(zoe, "Voilà")
    assert telegram.chats[zoe].typing_until is None


async def test_the_nearest_menu_wins(telegram: PretendTelegram, bot: Bot, zoe: int) -> None:
    everyone = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands([BotCommand("help", "Help")], everyone)
    await bot.set_my_commands([BotCommand("aide", "De l'aide")], everyone, "fr")
    names = {who: [c["command"] for c in telegram.chats[who].commands] for who in (ZOE, LEO)}
    assert names == {ZOE: ["aide"], LEO: ["help"]}
    own = BotCommandScopeChat(zoe)
    await bot.set_my_commands([BotCommand("alertes", "Vos alertes")], own)
    assert [c["command"] for c in telegram.chats[ZOE].commands] == ["alertes"]
    assert [c.command for c in await bot.get_my_commands(own)] == ["alertes"]
    await bot.delete_my_commands(own)
    assert [c["command"] for c in telegram.chats[ZOE].commands] == ["aide"]


async def test_the_card_of_the_bot(telegram: PretendTelegram, bot: Bot, zoe: int) -> None:
    assert await bot.set_my_name("Alliance")
    assert await bot.set_my_description("Entre deux visites")
    assert await bot.set_my_short_description("Entre deux visites", language_code="fr")
    assert await bot.set_chat_menu_button(zoe)
    assert (await bot.get_chat(zoe)).first_name == "Zoé"


async def test_a_group_is_entered_heard_and_left(telegram: PretendTelegram, bot: Bot) -> None:
    telegram.add_to_group(-100, "Famille", ZOE)
    told, arrival = await bot.get_updates()
    assert told.my_chat_member is not None
    assert told.my_chat_member.chat.type == "supergroup"
    assert arrival.message is not None
    assert [user.id for user in arrival.message.new_chat_members] == [42]
    telegram.say_in_group(-100, ZOE, "Bonjour !")
    assert (await bot.get_updates(offset=-1))[0].message is not None
    assert await bot.leave_chat(-100)
    assert telegram.left_groups == [-100]
    with pytest.raises(ValueError, match="not in that group"):
        telegram.say_in_group(-100, ZOE, "Encore là ?")
    left = (await bot.get_updates(offset=-1))[0].my_chat_member
    assert left is not None
    assert left.new_chat_member.status == "left"


async def test_a_channel_posts(telegram: PretendTelegram, bot: Bot) -> None:
    telegram.add_to_group(-200, "Nouvelles", ZOE, kind="channel")
    change = (await next_update(bot)).my_chat_member
    assert change is not None
    assert change.new_chat_member.status == "administrator"
    telegram.say_in_group(-200, ZOE, "Une nouvelle")
    post = (await next_update(bot)).channel_post
    assert post is not None
    assert post.text == "Une nouvelle"


async def test_only_an_offset_confirms(telegram: PretendTelegram, bot: Bot) -> None:
    ids = [telegram.say(ZOE, f"{n}") for n in range(5)]
    assert [u.update_id for u in await bot.get_updates(limit=2)] == ids[:2]
    assert [u.update_id for u in await bot.get_updates()] == ids
    assert [u.update_id for u in await bot.get_updates(offset=ids[3])] == ids[3:]
    assert telegram.waiting_updates() == 2
    await bot.get_updates(offset=ids[-1] + 1_000)  # far past the end: Telegram takes it for nonsense
    assert telegram.waiting_updates() == 2
    assert await bot.get_updates(offset=ids[-1] + 1) == ()
    assert telegram.waiting_updates() == 0


async def test_updates_are_kept_for_a_day(telegram: PretendTelegram, bot: Bot, clock: Clock) -> None:
    telegram.say(ZOE, "hier")
    clock.move(hours=24)
    last = telegram.say(ZOE, "aujourd'hui")
    assert telegram.waiting_updates() == 2
    clock.move(seconds=1)
    assert [u.update_id for u in await bot.get_updates()] == [last]


async def test_only_the_kinds_asked_for(telegram: PretendTelegram, bot: Bot, zoe: int) -> None:
    await bot.get_updates(allowed_updates=["message"])
    assert telegram.block(zoe) == 0
    assert telegram.say(LEO, "hi") > 0
    assert telegram.waiting_updates() == 1


async def test_a_long_poll_wakes_at_once(telegram: PretendTelegram, bot: Bot) -> None:
    async with asyncio.timeout(5):  # the poll itself would wait for 50
        poll = asyncio.create_task(bot.get_updates(timeout=50))
        await telegram.queue.polled()
        update_id = telegram.say(ZOE, "là ?")
        assert [u.update_id for u in await poll] == [update_id]


async def test_a_second_poll_ends_the_first(telegram: PretendTelegram, root: str, bot: Bot) -> None:
    async with asyncio.timeout(5):
        first = asyncio.create_task(bot.get_updates(timeout=50))
        await telegram.queue.polled()
        async with Bot(telegram.token, base_url=root) as twin:
            second = asyncio.create_task(twin.get_updates(timeout=50))
            with pytest.raises(Conflict, match="terminated by other getUpdates request; make sure that only"):
                await first
            telegram.say(ZOE, "pour le second")
            assert len(await second) == 1


async def test_any_json_can_be_queued(telegram: PretendTelegram, bot: Bot) -> None:
    telegram.push_raw({"message": {"message_id": "not a number"}})
    with pytest.raises(KeyError):
        await bot.get_updates()
    assert telegram.waiting_updates() == 1


async def test_the_journal_has_every_call_in_order(telegram: PretendTelegram, bot: Bot, zoe: int) -> None:
    telegram.journal.clear()
    await bot.send_chat_action(zoe, "typing")
    await bot.send_message(zoe, "Bonjour")
    assert [(c.method, c.status, c.params["chat_id"]) for c in telegram.journal] == [
        ("sendChatAction", 200, zoe),
        ("sendMessage", 200, zoe),
    ]


async def test_a_watcher_is_told_of_changes(telegram: PretendTelegram, bot: Bot, zoe: int) -> None:
    async with asyncio.timeout(5):
        before = telegram.version
        assert await telegram.changed(before - 1) == before
        watching = asyncio.create_task(telegram.changed(before))
        await bot.send_message(zoe, "Bonjour")
        assert await watching > before
