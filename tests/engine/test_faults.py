"""Everything that Telegram, the network and the database can do to the bot: it goes on, and nothing is lost."""

import sqlite3
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from sqlalchemy import text

from bot.alliance.rating import Concern
from bot.engine.send import LOOKED_AT, SENT_AGAIN
from bot.store.tables import AlertLog, AlertRow, CheckIn, OutgoingMessage, Person, Rating, Words
from tests.engine.conftest import Running
from tests.engine.process import COORDINATOR, until

MARC, LEA, LUC, ZOE = 1001, 1002, 1003, 1004
AMELIE, KARIM = 2001, 2002
CRISIS = "Je veux mourir."


async def person(running: Running, chat_id: int) -> Person:
    return next(row for row in await running.rows(Person) if row.chat_id == chat_id)


def buttons(running: Running, chat_id: int) -> list[str]:
    """The data of every button on the newest message of a chat."""
    return [button.data for line in running.said(chat_id)[-1].buttons for button in line]


# --- 429


async def test_a_429_for_one_chat_holds_that_chat_only_however_much_waits_for_it(running: Running) -> None:
    running.telegram.fail(
        "sendMessage", status=429, description="Too Many Requests: retry after 5", retry_after=5, chat_id=MARC
    )
    for number in range(LOOKED_AT + 10):
        running.telegram.say(MARC, f"Message {number}.")
    await until(lambda: running.telegram.waiting_updates() == 0, "all of it is handled")
    running.telegram.say(LEA, "Bonjour.")
    await running.said_at_least(LEA, 1)
    assert not running.said(MARC), "the chat that is held hears nothing yet"
    await running.said_at_least(MARC, LOOKED_AT + 10)
    assert len(running.said(MARC)) == LOOKED_AT + 10


async def test_a_429_for_everybody_holds_everything_and_drops_nothing(running: Running) -> None:
    running.telegram.fail("sendMessage", status=429, description="Too Many Requests", retry_after=2, times=2)
    began = running.clock.now()
    for client in (MARC, LEA, LUC, ZOE):
        running.telegram.say(client, "Bonjour.")
    for client in (MARC, LEA, LUC, ZOE):
        await running.said_at_least(client, 1)
    calls = [call for call in running.telegram.journal if call.method == "sendMessage"]
    assert [call.status for call in calls] == [429, 429, 200, 200, 200, 200]
    assert all(running.said(client)[0].at - began > timedelta(seconds=2) for client in (MARC, LEA, LUC, ZOE))


# --- Telegram is away


@pytest.mark.parametrize("how", ["answers 502", "refuses connections", "answers 503 now and then"])
async def test_an_outage_delays_and_neither_loses_nor_doubles(running: Running, how: str) -> None:
    telegram, health = running.telegram, running.app.health
    if how == "answers 502":
        telegram.down = True
    elif how == "refuses connections":
        await telegram.close()
    else:
        telegram.fail("sendMessage", status=503, description="Service Unavailable", times=2)
    await running.check_in_due(LEA)
    telegram.say(MARC, "Bonjour.")
    await until(lambda: "sending" in health.troubles, "the trouble is said aloud")
    if how == "refuses connections":
        await telegram.serve(port=int(urlsplit(running.root).port or 0))
    telegram.down = False
    await running.said_at_least(MARC, 1, 30)
    await running.said_at_least(LEA, 1, 30)
    await until(lambda: not health.troubles, "all is well again")
    assert (len(running.said(MARC)), len(running.said(LEA))) == (1, 1)


# --- an answer is lost after the effect


async def test_an_alert_whose_answer_was_lost_is_sent_again_and_marked(running: Running) -> None:
    running.telegram.fail("sendMessage", status=504, description="Gateway Timeout", chat_id=AMELIE, after=True)
    running.telegram.say(MARC, CRISIS)
    first, second = (await running.said_at_least(AMELIE, 2))[:2]
    assert second.text == SENT_AGAIN + first.text
    assert buttons(running, AMELIE)[0].startswith("ok:")


async def test_a_check_in_whose_answer_is_lost_each_time_comes_once_more_at_most(running: Running) -> None:
    running.telegram.fail("sendMessage", status=504, description="Gateway Timeout", times=9, chat_id=MARC, after=True)
    await running.check_in_due(MARC)
    await running.said_at_least(MARC, 2)
    await running.check_in_due(LEA)
    await running.said_at_least(LEA, 1)
    row = next(row for row in await running.rows(OutgoingMessage) if row.chat_id == MARC)
    assert (row.status, row.reason, len(running.said(MARC))) == ("failed", "unknown", 2)


# --- this bot's updates, its token


async def test_another_poller_is_said_aloud_and_outlived(running: Running) -> None:
    running.telegram.foreign_poller = True
    running.telegram.say(MARC, "Bonjour.")
    await until(lambda: "telegram" in running.app.health.troubles, "the conflict is said aloud")
    running.telegram.foreign_poller = False
    await running.said_at_least(MARC, 1)
    assert "telegram" not in running.app.health.troubles


async def test_one_401_does_not_end_the_polling(running: Running) -> None:
    running.telegram.fail("getUpdates", status=401, description="Unauthorized")
    await until(lambda: "telegram" in running.app.health.troubles, "the refusal is said aloud")
    running.telegram.say(MARC, "Bonjour.")
    await running.said_at_least(MARC, 1, 5)


async def test_a_revoked_token_costs_no_message(running: Running) -> None:
    running.telegram.revoked = True
    await running.check_in_due(MARC)
    await until(lambda: "sending" in running.app.health.troubles, "the refusal is said aloud")
    running.telegram.revoked = False
    await running.said_at_least(MARC, 1)


# --- people who cannot be reached, messages that are refused


async def test_a_client_who_cannot_be_reached_is_told_to_the_pair_at_once(running: Running) -> None:
    running.telegram.chats[MARC].blocked = True  # without the update that says so
    await running.check_in_due(MARC)
    await running.said_at_least(AMELIE, 1)
    (alert,) = await running.rows(AlertRow)
    assert alert.concern == Concern.BLOCKED
    assert (await person(running, MARC)).blocked_at is not None
    assert buttons(running, AMELIE)[0] == f"ok:{alert.id}"


async def test_a_page_that_cannot_be_delivered_climbs_the_ladder_at_once(running: Running) -> None:
    running.telegram.chats[AMELIE].blocked = running.telegram.chats[KARIM].blocked = True
    began = running.clock.now()
    running.telegram.say(MARC, CRISIS)
    await running.said_at_least(COORDINATOR, 1)
    assert running.clock.now() - began < timedelta(minutes=1)
    undeliverable = [line for line in await running.rows(AlertLog) if line.event == "undeliverable"]
    assert len(undeliverable) == 2


async def test_a_page_that_is_refused_for_its_buttons_goes_out_without_them(running: Running) -> None:
    running.telegram.fail("sendMessage", status=400, description="Bad Request: BUTTON_DATA_INVALID", chat_id=AMELIE)
    running.telegram.say(MARC, CRISIS)
    (page,) = await running.said_at_least(AMELIE, 1)
    await running.said_at_least(KARIM, 1)
    assert page.buttons == []
    assert "URGENT" in page.text
    assert [call.status for call in running.telegram.journal if call.params.get("chat_id") == AMELIE][-2:] == [400, 200]


async def test_a_sending_ends_even_where_what_follows_from_it_cannot_be_done(running: Running) -> None:
    """A client whose own row is broken, and who cannot be reached: the pair cannot be told, the row must not hang."""
    marc = await person(running, MARC)
    now = running.clock.now()
    running.telegram.chats[MARC].blocked = True
    async with running.app.database.begin() as session:
        (await session.get_one(Person, marc.id)).timezone = "Mars/Olympus"
        said = {"kind": "notice", "priority": 2, "key": "heard.kept", "text": "Bonjour.", "chat_id": MARC}
        session.add(OutgoingMessage(person_id=marc.id, created_at=now, due_at=now, expires_at=None, **said))

    async def ended() -> bool:
        return [row.status for row in await running.rows(OutgoingMessage)] == ["failed"]

    await until(ended, "the row has its end")


async def test_a_gate_that_refuses_everything_says_nothing_about_the_people(running: Running) -> None:
    """A proxy's own 403 is a page, not Telegram's JSON."""

    async def gate(request: web.Request) -> web.Response:
        return web.Response(status=403, text="<html>Forbidden</html>")

    await running.telegram.close()
    routes = web.Application()
    routes.router.add_route("*", "/{rest:.*}", gate)
    runner = web.AppRunner(routes, access_log=None)
    await runner.setup()
    port = int(urlsplit(running.root).port or 0)
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await running.check_in_due(MARC)
    await until(lambda: "sending" in running.app.health.troubles, "the trouble is said aloud")
    await runner.cleanup()
    await running.telegram.serve(port=port)
    await running.said_at_least(MARC, 1, 30)
    assert (await person(running, MARC)).blocked_at is None
    assert not await running.rows(AlertRow)


# --- groups, old taps


async def test_a_group_is_answered_once_and_left(running: Running) -> None:
    running.telegram.join(5001, "Somebody")
    running.telegram.add_to_group(-900, "Family", 5001)
    running.telegram.say_in_group(-900, 5001, "Bonjour le robot")
    await until(lambda: -900 in running.telegram.left_groups, "it leaves")
    await until(lambda: running.telegram.waiting_updates() == 0, "every update is confirmed")
    said = [message for message in running.telegram.groups[-900].messages if message.from_bot]
    assert len(said) == 1
    assert not await running.rows(Words)


async def test_a_tap_older_than_telegram_remembers_counts_all_the_same(running: Running) -> None:
    await running.check_in_due(MARC)
    await running.said_at_least(MARC, 1)
    asked = running.said(MARC)[0]
    same = asked.buttons[1][0]
    running.telegram.tap(MARC, asked.id, same.data)
    running.clock.move(timedelta(seconds=200))
    await running.said_at_least(MARC, 2)
    refused = [call for call in running.telegram.journal if call.method == "answerCallbackQuery"]
    assert [call.status for call in refused] == [400]
    assert [row.value for row in await running.rows(Rating)] == [4]
    assert [row.status for row in await running.rows(CheckIn)] == ["answered"]


# --- the database


async def locked(running: Running) -> sqlite3.Connection:
    """Another writer has the database, from a moment on at which the bot has not; the bot does not wait for long."""
    async with running.app.database.begin() as session:
        await session.execute(text("PRAGMA busy_timeout = 100"))
    other = sqlite3.connect(running.file, isolation_level=None, timeout=0)

    def taken() -> bool:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        return True

    await until(taken, "the lock is free")
    return other


async def test_a_database_locked_by_another_process_delays_and_loses_nothing(running: Running) -> None:
    await until(lambda: running.app.health.ticked_at is not None, "it ticks")
    lock = await locked(running)
    running.telegram.say(MARC, "Bonjour.")
    await until(lambda: "database" in running.app.health.troubles, "it is said aloud")
    assert (running.telegram.waiting_updates(), running.said(MARC)) == (1, []), "nothing is confirmed uncommitted"
    lock.execute("COMMIT")
    lock.close()
    await running.said_at_least(MARC, 1)
    await until(lambda: running.telegram.waiting_updates() == 0, "every update is confirmed")
    assert [row.text for row in await running.rows(Words)] == ["Bonjour."]


async def test_a_message_that_left_while_the_database_was_locked_does_not_leave_again(running: Running) -> None:
    running.telegram.hold = 30.0
    await running.check_in_due(MARC)
    await running.said_at_least(MARC, 1)  # on the phone; the answer is held back
    lock = await locked(running)
    running.telegram.hold = 0.0
    await until(lambda: "outbox" in running.app.health.troubles, "it is said aloud")
    lock.execute("COMMIT")
    lock.close()
    await until(lambda: "outbox" not in running.app.health.troubles, "its end is written down")
    running.telegram.say(MARC, "/aide")
    assert len(await running.said_at_least(MARC, 2)) == 2
    assert (await running.rows(OutgoingMessage))[0].status == "sent"
