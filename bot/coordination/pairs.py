"""Setting up or replacing a client's pair: two different nurses; everybody concerned is told by name."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.alliance.effects import Ask, Change, Choice, Chose, Effect, Forget, HandBack, Kind, Priority, Say, Turn
from bot.alliance.key import Key
from bot.alliance.people import OpenQuestion, Programme, Role
from bot.store import queries
from bot.store.tables import Pair, Person

NAME = "pair"
SHOWN = 40
"""How many nurses fit on buttons; any other can be typed by name. Telegram allows 100 buttons."""


async def begin(session: AsyncSession, coordinator: Person, client: Person) -> Turn:
    """Ask for the lead nurse."""
    nurses = await queries.people_with_role(session, Role.NURSE)
    if len(nurses) < 2:
        return (Say(coordinator.id, Key("pair.too_few"), {"count": len(nurses)}),)
    return (_which(Key("pair.lead"), "lead", client, list(nurses), {}),)


def _which(key: Key, step: str, client: Person, nurses: list[Person], kept: dict[str, int]) -> Ask:
    return Ask(
        key,
        NAME,
        step,
        (
            *(Choice(str(nurse.id), Key("pair.nurse"), {"name": nurse.alias}) for nurse in nurses[:SHOWN]),
            Choice("cancel", Key("schedule.cancel"), words=Key("choice.no.words")),
        ),
        values={"alias": client.alias},
        keeps={"client": client.id, **kept},
        columns=2,
    )


async def answer(
    session: AsyncSession, coordinator: Person, question: OpenQuestion, said: Chose, now: datetime
) -> Turn:
    """The lead, then the partner, then it is done."""
    client_id = question.keeps["client"]
    assert isinstance(client_id, int), "a pair question knows its client"
    client = await session.get_one(Person, client_id)
    if said.id == "cancel":
        return (Say(coordinator.id, Key("pair.unchanged"), {"alias": client.alias}), Forget())
    nurse_id = int(said.id)
    if question.step == "lead":
        nurses = await queries.people_with_role(session, Role.NURSE)
        others = [nurse for nurse in nurses if nurse.id != nurse_id]
        return (_which(Key("pair.partner"), "partner", client, others, {"lead": nurse_id}),)
    lead_id = question.keeps["lead"]
    assert isinstance(lead_id, int), "the partner is asked after the lead"
    return (*await set_pair(session, client, lead_id, nurse_id, now, coordinator), Forget())


async def set_pair(
    session: AsyncSession,
    client: Person,
    lead_id: int,
    partner_id: int,
    now: datetime,
    coordinator: Person | None,
) -> Turn:
    """The client's pair from now on; tells the client, the nurses who come and those who go."""
    before = await queries.nurses_of(session, await queries.pair_of(session, client.id))
    lead = await session.get_one(Person, lead_id)
    pair = await pair_of(session, lead_id, partner_id, lead.timezone)
    after = await queries.nurses_of(session, pair)
    who = {"alias": client.alias, "who": [nurse.name for nurse in after]}
    facts = await queries.client_facts(session, client.id, now)
    turn: list[Effect] = [Change(client.id, {"pair_id": pair.id})]
    alert = await queries.open_alert(session, client.id)
    keeps_it = alert is not None and alert.acknowledged_by in {nurse.id for nurse in after}
    if alert is not None and before != after and not keeps_it:
        turn.append(HandBack(alert.id))  # the new pair is told of it, and the old one reads no further
    if facts.programme in (Programme.ACTIVE, Programme.PAUSED):
        turn.append(Say(client.id, Key("pair.changed.client"), who, Kind.NOTICE, Priority.REPLY))
    old, new = {nurse.id for nurse in before}, {nurse.id for nurse in after}
    turn += [Say(nurse.id, Key("pair.changed.nurse"), who, Kind.NOTICE) for nurse in after if nurse.id not in old]
    turn += [Say(nurse.id, Key("pair.changed.leaving"), who, Kind.NOTICE) for nurse in before if nurse.id not in new]
    if coordinator is not None:
        turn.append(Say(coordinator.id, Key("pair.saved"), who))
    return tuple(turn)


async def pair_of(session: AsyncSession, lead_id: int, partner_id: int, timezone: str) -> Pair:
    """The pair of these two, made when it is new. Raises ValueError when they are the same nurse."""
    if lead_id == partner_id:
        raise ValueError("a pair is two different nurses")
    found = await session.scalars(select(Pair).where(Pair.lead_id == lead_id, Pair.partner_id == partner_id))
    pair = found.first()
    if pair is None:
        pair = Pair(lead_id=lead_id, partner_id=partner_id, timezone=timezone)
        session.add(pair)
        await session.flush()
    return pair
