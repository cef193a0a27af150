"""A nurse says that she is away or back. Says at once who would be left with nobody."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.alliance.effects import Change, Effect, HandBack, Kind, Priority, Say, Turn
from bot.alliance.key import Key, Value
from bot.store import queries
from bot.store.tables import Person


async def away(session: AsyncSession, nurse: Person, now: datetime) -> Turn:
    """Away from now on: what cannot wait goes to the partner first."""
    if nurse.away_since_at is not None:
        return (Say(nurse.id, Key("presence.away_already")),)
    alone: list[str] = []
    for client in await queries.clients_of(session, nurse):
        pair = await queries.nurses_of(session, await queries.pair_of(session, client.id))
        if not any(other.id != nurse.id and not other.away and other.reachable for other in pair):
            alone.append(client.alias)
    turn: list[Effect] = [Change(nurse.id, {"away_since_at": now}), Say(nurse.id, Key("presence.away"))]
    for alert in await queries.taken_by(session, nurse.id):
        client = await session.get_one(Person, alert.client_id)
        said: dict[str, Value] = {"number": alert.id, "alias": client.alias}
        turn += [HandBack(alert.id), Say(nurse.id, Key("alert.handed_back"), said)]
    if alone:
        turn.append(Say(nurse.id, Key("presence.nobody_left"), {"aliases": list(alone)}))
        for coordinator in await queries.coordinators(session):
            turn.append(
                Say(
                    coordinator.id,
                    Key("presence.nobody_left.coordinator"),
                    {"nurse": nurse.alias, "aliases": list(alone)},
                    Kind.NOTICE,
                    Priority.REPLY,
                )
            )
    return tuple(turn)


async def present(session: AsyncSession, nurse: Person) -> Turn:
    """Back: what is still open is shown at once."""
    if nurse.away_since_at is None:
        return (Say(nurse.id, Key("presence.present_already")),)
    count = len(await queries.incidents_for(session, nurse))
    return (Change(nurse.id, {"away_since_at": None}), Say(nurse.id, Key("presence.back"), {"count": count}))
