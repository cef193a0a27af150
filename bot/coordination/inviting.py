"""Inviting somebody from the chat: the role, the alias, for a client the pair, then the link."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.alliance.effects import Ask, Choice, Chose, Forget, Say, Turn, Wrote
from bot.alliance.key import Key
from bot.alliance.people import OpenQuestion, Role
from bot.coordination import pairs
from bot.coordination.invitations import AliasTaken, BadInvitation, invite, link, link_token
from bot.settings import Settings
from bot.store.tables import Person

NAME = "invite"
_ROLES = {
    Role.CLIENT: Key("role.client"),
    Role.NURSE: Key("role.nurse"),
    Role.COORDINATOR: Key("role.coordinator"),
}


def begin() -> Turn:
    """Ask for the role."""
    choices = tuple(Choice(role, label) for role, label in _ROLES.items())
    cancel = Choice("cancel", Key("schedule.cancel"), words=Key("choice.no.words"))
    return (Ask(Key("invite.role"), NAME, "role", (*choices, cancel)),)


async def answer(
    session: AsyncSession,
    coordinator: Person,
    question: OpenQuestion,
    said: Chose | Wrote,
    settings: Settings,
    bot_name: str,
    now: datetime,
) -> Turn | None:
    """One step. None: these words are no answer to it."""
    match question.step, said:
        case _, Chose("cancel"):
            return (Say(coordinator.id, Key("invite.cancelled")), Forget())
        case "role", Chose(role):
            cancel = Choice("cancel", Key("schedule.cancel"), words=Key("choice.no.words"))
            key = Key("invite.alias.client") if role == Role.CLIENT else Key("invite.alias.carer")
            return (Ask(key, NAME, "alias", (cancel,), keeps={"role": role}, open=True),)
        case "alias", Wrote(words):
            role = Role(str(question.keeps["role"]))
            try:
                person, token = await invite(
                    session,
                    role,
                    words,
                    language=coordinator.language,
                    timezone=coordinator.timezone,
                    region=settings.region,
                    secret=settings.secret_keys[0],
                    now=now,
                )
            except AliasTaken:
                return (Say(coordinator.id, Key("invite.alias.taken")),)
            except BadInvitation:
                return (Say(coordinator.id, Key("invite.alias.bad")),)
            said_link = _link(coordinator, person, bot_name, token)
            if role is not Role.CLIENT:
                return (said_link, Forget())
            return (said_link, Forget(), *await pairs.begin(session, coordinator, person))
    return None


async def new_link(
    session: AsyncSession,
    coordinator: Person,
    client_id: int,
    settings: Settings,
    bot_name: str,
    now: datetime,
) -> Turn:
    """A fresh link for somebody who has not come yet; the old one stops working."""
    person = await session.get(Person, client_id)
    if person is None or person.chat_id is not None:
        return (Say(coordinator.id, Key("invite.came_already")),)
    token = await link_token(session, person, settings.secret_keys[0], now)
    return (_link(coordinator, person, bot_name, token),)


def _link(coordinator: Person, person: Person, bot_name: str, token: str) -> Say:
    values = {"alias": person.alias, "role": _ROLES[Role(person.role)], "link": link(bot_name, token)}
    return Say(coordinator.id, Key("invite.link"), values)
