"""The coordinator's list of clients and one client's page: no clinical words, only what coordinating needs."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.alliance.effects import Command, Say, Turn
from bot.alliance.key import Key, Value
from bot.alliance.people import Programme
from bot.alliance.place import place_words
from bot.dialogues.words import local, names, rhythm_words
from bot.nursing.clients import PROGRAMME
from bot.store import queries
from bot.store.tables import Person

PAGE = 20


async def listed(session: AsyncSession, coordinator: Person, start: int = 0) -> Turn:
    """Every client, a button each, twenty a page."""
    clients = await queries.clients_of(session, coordinator)
    if not clients:
        return (Say(coordinator.id, Key("clients.none.coordinator")),)
    buttons = [
        (Command(f"client:{client.id}", Key("clients.one"), {"alias": client.alias}),)
        for client in clients[start : start + PAGE]
    ]
    if start + PAGE < len(clients):
        buttons.append(
            (Command(f"clients:{start + PAGE}", Key("clients.more"), {"count": len(clients) - start - PAGE}),)
        )
    return (Say(coordinator.id, Key("clients.choose"), {"count": len(clients)}, commands=tuple(buttons)),)


async def page(session: AsyncSession, coordinator: Person, client_id: int, now: datetime) -> Turn:
    """One client: programme, pair, rhythm, next check-in; and what can be changed."""
    person = await session.get(Person, client_id)
    if person is None or person.role != "client":
        return (Say(coordinator.id, Key("clients.unknown")),)
    client = await queries.client_facts(session, client_id, now)
    following: Value = Key("card.no_check_in")
    if client.programme is Programme.ACTIVE and client.next_check_in_at is not None:
        following = local(client, client.next_check_in_at)
    buttons = [
        (Command(f"sched:{client_id}", Key("client.schedule")),),
        (Command(f"pair:{client_id}", Key("client.pair")),),
    ]
    if person.chat_id is None:
        buttons.append((Command(f"link:{client_id}", Key("client.new_link")),))
    values: dict[str, Value] = {
        "alias": client.alias,
        "programme": PROGRAMME[client.programme],
        "who": names(client.nurses) if client.nurses else Key("pair.none"),
        "rhythm": rhythm_words(client.schedule),
        "next": following,
        "place": place_words(client.zone),
    }
    return (Say(coordinator.id, Key("client.page"), values, commands=tuple(buttons)),)


async def by_alias(session: AsyncSession, coordinator: Person, alias: str) -> Person | None:
    """The one client of that alias, whatever the case; None when there is none or more than one."""
    wanted = " ".join(alias.split()).casefold()
    found = [client for client in await queries.clients_of(session, coordinator) if client.alias.casefold() == wanted]
    return found[0] if len(found) == 1 else None
