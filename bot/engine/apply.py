"""The only interpreter of effects: what a pure decision asks for becomes rows, in the caller's transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from bot.alliance.effects import (
    Acknowledge,
    Ask,
    Change,
    CheckInIs,
    Close,
    EraseWords,
    Forget,
    HandBack,
    Judge,
    Keep,
    Rate,
    Say,
    Tell,
    Turn,
)
from bot.alliance.schedule import Schedule
from bot.engine.alerts import acknowledge, close, hand_back, tell
from bot.engine.pages import log
from bot.engine.say import ask, put_away, say
from bot.store import tables

_ON_PERSON = frozenset({"language", "address", "timezone", "away_since_at", "blocked_at", "alias"})


async def apply(
    session: AsyncSession, actor: tables.Person, turn: Turn, now: datetime, *, tapped: str | None = None
) -> None:
    """Carry out a turn. actor: whose turn it is, and who is asked. tapped: the data of the button, if any."""
    await _put_question_away(session, actor, turn, tapped, now)
    for effect in turn:
        match effect:
            case Say():
                await say(session, effect, now)
            case Ask():
                await ask(session, actor, effect, now)
            case Keep(what, words):
                session.add(tables.Words(client_id=actor.id, what=what, text=words, written_at=now))
            case Rate(value, check_in_id):
                care = await session.get_one(tables.Care, actor.id)
                session.add(
                    tables.Rating(
                        client_id=actor.id,
                        check_in_id=check_in_id,
                        value=value,
                        since=care.started_on,
                        rated_at=now,
                    )
                )
            case Change():
                await change(session, effect, now, actor.id)
            case CheckInIs(check_in_id, status):
                row = await session.get_one(tables.CheckIn, check_in_id)
                row.status = status
            case Tell():
                await tell(session, effect, now)
            case Acknowledge(alert_id):
                await acknowledge(session, alert_id, actor, now)
            case Close(alert_id, outcome):
                await close(session, alert_id, actor, outcome, now)
            case Judge(alert_id, useful):
                alert = await session.get_one(tables.AlertRow, alert_id)
                alert.useful = useful
                log(session, alert_id, "useful" if useful else "useless", now, person_id=actor.id)
            case HandBack(alert_id):
                await hand_back(session, await session.get_one(tables.AlertRow, alert_id), now)
            case EraseWords():
                await session.execute(delete(tables.Words).where(tables.Words.client_id == actor.id))
            case Forget():
                question = await session.get(tables.Question, actor.id)
                if question is not None:
                    question.dialogue = question.step = None
    await session.flush()


async def _put_question_away(
    session: AsyncSession, actor: tables.Person, turn: Turn, tapped: str | None, now: datetime
) -> None:
    """Where the turn ends or replaces the open question, take the buttons off the old one."""
    if not any(isinstance(effect, Forget) or (isinstance(effect, Ask) and not effect.in_place) for effect in turn):
        return
    question = await session.get(tables.Question, actor.id)
    if question is not None and question.dialogue is not None:
        await put_away(session, question.message_id, tapped, now)


async def change(session: AsyncSession, effect: Change, now: datetime, actor_id: int | None) -> None:
    """Change columns of a person and of her programme, and write down who changed what."""
    fields = dict(effect.fields)
    schedule = fields.pop("schedule", None)
    if isinstance(schedule, Schedule):
        fields |= {
            "days": "".join(str(day) for day in sorted(schedule.days)),
            "at": schedule.at,
            "every_weeks": schedule.every_weeks,
            "anchor": schedule.anchor,
        }
    person = await session.get_one(tables.Person, effect.person_id)
    care = await session.get(tables.Care, effect.person_id)
    for name, value in fields.items():
        row: Any = person if name in _ON_PERSON else care
        before = getattr(row, name)
        if before == value:
            continue
        setattr(row, name, value)
        session.add(
            tables.Change(
                at=now,
                actor_id=actor_id,
                person_id=person.id,
                what=name,
                before=_plain(before),
                after=_plain(value),
            )
        )
    await session.flush()


def _plain(value: object) -> str | None:
    return None if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)
