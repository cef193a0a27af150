"""A nurse's clients, and one client's card: how it goes, since when, the last words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from bot.alliance.effects import Command, Say, Turn
from bot.alliance.key import Key, Phrase, Value
from bot.alliance.people import Programme
from bot.alliance.rating import LABEL
from bot.dialogues.words import quoted, rhythm_words
from bot.store import queries
from bot.store.tables import Person

PROGRAMME: dict[Programme, Key] = {
    Programme.INVITED: Key("programme.invited"),
    Programme.ACTIVE: Key("programme.active"),
    Programme.PAUSED: Key("programme.paused"),
    Programme.STOPPED: Key("programme.stopped"),
    Programme.DECLINED: Key("programme.declined"),
}
WORDS_SHOWN = 5


async def listed(session: AsyncSession, nurse: Person, now: datetime) -> Turn:
    """Her clients, a button each."""
    clients = await queries.clients_of(session, nurse)
    if not clients:
        return (Say(nurse.id, Key("clients.none")),)
    buttons = tuple((Command(f"card:{client.id}", Key("clients.one"), {"alias": client.alias}),) for client in clients)
    return (Say(nurse.id, Key("clients.choose"), {"count": len(clients)}, commands=buttons[:50]),)


async def card(session: AsyncSession, nurse: Person, client_id: int, now: datetime) -> Turn:
    """One client on one screen. Refused to whoever is not of the pair and was not told."""
    person = await session.get(Person, client_id)
    if person is None or person.role != "client" or not await queries.may_read(session, nurse, client_id):
        return (Say(nurse.id, Key("card.refused")),)
    client = await queries.client_facts(session, client_id, now)
    zone = ZoneInfo(nurse.timezone)
    last = await queries.last_rating(session, client_id)
    rating: Value = Key("rating.none_yet")
    if last is not None:
        rating = Phrase(Key("card.rating"), rating=LABEL[last.value], at=last.rated_at.astimezone(zone))
    following: Value = Key("card.no_check_in")
    if client.programme is Programme.ACTIVE and client.next_check_in_at is not None:
        following = client.next_check_in_at.astimezone(client.zone)
    turn = [
        Say(
            nurse.id,
            Key("card.client"),
            {
                "alias": client.alias,
                "programme": PROGRAMME[client.programme],
                "since": client.started_on or "—",
                "rating": rating,
                "objective": quoted(client.objective) if client.objective else "—",
                "reason": quoted(client.reasons[0]) if client.reasons else "—",
                "rhythm": rhythm_words(client.schedule),
                "next": following,
            },
        )
    ]
    words = await queries.words_of(session, client_id, None, WORDS_SHOWN)
    if words:
        lines = "\n".join(
            f"· {row.written_at.astimezone(zone):%d/%m %H:%M} — {quoted(row.text, 600)}" for row in reversed(words)
        )
        turn.append(Say(nurse.id, Key("card.words"), {"alias": client.alias, "lines": lines}))
    return tuple(turn)
