"""Questions about phrases: which were added, whether that has changed, and which phrases bring useless alerts."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.alliance.rating import Concern
from bot.alliance.signals import Severity
from bot.alliance.signals.lexicon import Added
from bot.store.tables import AddedPhrase, AlertLog, AlertRow

Mark = tuple[int, int]
"""How many phrases were ever added, and how many withdrawn: it changes with every change, and with nothing else."""


async def added_mark(session: AsyncSession) -> Mark:
    """To compare with the mark of the phrases that are in use."""
    row = (await session.execute(select(func.count(AddedPhrase.id), func.count(AddedPhrase.withdrawn_at)))).one()
    return row[0], row[1]


async def added_rows(session: AsyncSession) -> Sequence[AddedPhrase]:
    """The phrases that coordinators added and that nobody withdrew, the oldest first."""
    rows = select(AddedPhrase).where(AddedPhrase.withdrawn_at.is_(None)).order_by(AddedPhrase.id)
    return (await session.scalars(rows)).all()


async def added(session: AsyncSession) -> tuple[Added, ...]:
    """The same, as the lexicon takes them."""
    return tuple(
        Added(row.language, Concern(row.concern), Severity(row.severity), row.words)
        for row in await added_rows(session)
    )


@dataclass(frozen=True)
class Usefulness:
    """What one phrase brought. phrase: None for words that were weighed. alerts, judged, useless: incidents."""

    phrase: str | None
    alerts: int
    judged: int
    useless: int


async def usefulness(session: AsyncSession, limit: int) -> Sequence[Usefulness]:
    """The phrases that raised alerts, those with the most useless ones first."""
    raised = (
        select(AlertLog.phrase, AlertLog.alert_id, AlertRow.useful)
        .join(AlertRow, AlertRow.id == AlertLog.alert_id)
        .where(AlertLog.seen_in.is_not(None))
        .distinct()
        .subquery()
    )
    useless = func.count(raised.c.alert_id).filter(raised.c.useful.is_(False))
    rows = await session.execute(
        select(raised.c.phrase, func.count(), func.count(raised.c.useful), useless)
        .group_by(raised.c.phrase)
        .order_by(useless.desc(), func.count().desc(), raised.c.phrase)
        .limit(limit)
    )
    return [Usefulness(*row) for row in rows]
