"""What Telegram hands over may be anything, in any order: nothing stops the loop, nothing is lost, danger is heard."""

from datetime import timedelta
from typing import Any

import pytest

from bot.demo.pretend_queue import FIRST_UPDATE_ID
from bot.engine.quarantine import RETRY_AFTER
from bot.store.tables import AlertRow, FailedUpdate, HandledUpdate, Person, Rating, Words
from tests.engine.conftest import Running
from tests.engine.process import COORDINATOR, until

MARC, LEA = 1001, 1002
AMELIE, KARIM = 2001, 2002


def message(chat_id: object, text: object, **more: Any) -> dict[str, Any]:
    """A text as Telegram hands it over."""
    chat = {"id": chat_id, "first_name": "X", "type": "private"}
    body = {"message_id": 77, "date": 1_700_000_000, "chat": chat, "from": {**chat, "is_bot": False}, "text": text}
    return {"message": {**body, **more}}


POISON: dict[str, dict[str, Any]] = {
    "nothing at all": {},
    "an unknown kind": {"heartbeat": {"rate": 60}},
    "a message that is none": {"message": 5},
    "a message without a chat": {"message": {"message_id": 1, "date": 1, "text": "?"}},
    "a chat id in letters": message("Marc", "?"),
    "a chat id beyond any column": message(2**70, "?"),
    "a text that is a number": message(MARC, 4),
    "a date that is none": message(MARC, "?", date="tomorrow"),
    "half a surrogate pair": message(MARC, "ça va \ud83d"),
    "a NUL": message(MARC, "ça\x00va"),
    "a tap without a message": {"callback_query": {"id": "1", "chat_instance": "1", "data": "q:1:same", "from": {}}},
    "a tap without data": {"callback_query": {"id": "1", "from": {"id": MARC, "is_bot": False, "first_name": "X"}}},
    "an update id beyond any column": {"update_id": 2**70, **message(MARC, "?", date="tomorrow")},
}


@pytest.mark.parametrize("poison", [pytest.param(value, id=name) for name, value in POISON.items()])
async def test_no_update_stops_the_loop(running: Running, poison: dict[str, Any]) -> None:
    if poison.get("update_id") is None:
        running.telegram.push_raw(poison)
    else:
        await running.app.receiver.take([poison])
    running.telegram.say(LEA, "Bonjour.")
    await running.said_at_least(LEA, 1)
    await until(lambda: running.telegram.waiting_updates() == 0, "every update is confirmed")
    assert [row.text for row in await running.rows(Words) if row.text == "Bonjour."] == ["Bonjour."]
    assert "receive" not in running.app.health.troubles


async def test_what_cannot_be_read_is_kept_whole_screened_for_danger_and_answered(running: Running) -> None:
    running.telegram.push_raw(message(MARC, "Je veux mourir \ud83d", date="tomorrow"))
    (reply,) = await running.said_at_least(MARC, 1)
    await running.said_at_least(AMELIE, 1)
    await running.said_at_least(KARIM, 1)
    await running.said_at_least(COORDINATOR, 1)
    assert "911" in reply.text
    assert len(await running.rows(AlertRow)) == 1
    (kept,) = await running.rows(FailedUpdate)
    assert "Je veux mourir" in kept.body
    assert kept.update_id in {row.update_id for row in await running.rows(HandledUpdate)}
    assert kept.retry_at is None, "another try would alert them twice"


async def test_what_cannot_be_handled_is_answered_with_the_numbers_and_handled_once_when_it_can_be(
    running: Running,
) -> None:
    """A client whose own row is broken: neither the dialogue nor the usual answer of the quarantine can work."""
    marc = next(row for row in await running.rows(Person) if row.chat_id == MARC)

    async def zone(name: str) -> None:
        async with running.app.database.begin() as session:
            (await session.get_one(Person, marc.id)).timezone = name

    await zone("Mars/Olympus")
    running.telegram.say(MARC, "Je veux mourir.")
    (reply,) = await running.said_at_least(MARC, 1)
    await running.said_at_least(COORDINATOR, 1)
    assert "911" in reply.text
    assert not await running.rows(AlertRow)

    await zone("America/Toronto")
    running.clock.move(RETRY_AFTER[0] + timedelta(seconds=1))
    await running.said_at_least(AMELIE, 1)
    await running.said_at_least(KARIM, 1)
    assert [row.text for row in await running.rows(Words)] == ["Je veux mourir."]
    (kept,) = await running.rows(FailedUpdate)
    assert (kept.retry_at, kept.error) == (None, "handled later")


async def test_an_update_that_comes_twice_counts_once_and_a_shuffled_batch_counts_whole(running: Running) -> None:
    for step in (5, 3, 4, 5, 3):
        running.telegram.push_raw({"update_id": FIRST_UPDATE_ID + step, **message(MARC, f"Message {step}.")})
    await until(lambda: running.telegram.waiting_updates() == 0, "every update is confirmed", 5)
    assert sorted(row.text for row in await running.rows(Words)) == ["Message 3.", "Message 4.", "Message 5."]


async def test_ids_that_begin_again_lower_after_a_quiet_week_are_new(running: Running) -> None:
    running.telegram.say(MARC, "Message 1.")
    await running.said_at_least(MARC, 1)
    await until(lambda: running.telegram.waiting_updates() == 0, "it is confirmed")
    running.telegram.queue.next_update_id = 4711
    for number in (2, 3):
        running.telegram.say(MARC, f"Message {number}.")
        await running.said_at_least(MARC, number)
    await until(lambda: running.telegram.waiting_updates() == 0, "every update is confirmed")
    assert [row.text for row in await running.rows(Words)] == ["Message 1.", "Message 2.", "Message 3."]


async def test_a_rating_that_comes_twice_counts_once(running: Running) -> None:
    running.telegram.say(MARC, "/point")
    await running.said_at_least(MARC, 1)
    last = running.telegram.say(MARC, "4")
    await until(lambda: running.telegram.waiting_updates() == 0, "it is confirmed")
    running.telegram.push_raw({"update_id": last, **message(MARC, "4")})
    await until(lambda: running.telegram.waiting_updates() == 0, "it is confirmed again")
    assert len(await running.rows(Rating)) == 1


async def test_a_loop_that_broke_is_said_aloud_started_again_and_well_again(running: Running) -> None:
    """Telegram never hands over what is no object at all; it stands here for a mistake of our own."""
    running.telegram.queue._pending.append((FIRST_UPDATE_ID, running.clock.now(), []))  # type: ignore[arg-type]
    running.telegram.queue.wake()
    await until(lambda: "receive" in running.app.health.troubles, "it is said aloud")
    running.telegram.queue.clear()
    running.telegram.say(LEA, "Bonjour.")
    await running.said_at_least(LEA, 1)
    await until(lambda: not running.app.health.troubles, "all is well again")
