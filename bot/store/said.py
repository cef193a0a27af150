"""Questions about what was said: the outbox is the history too. Reads only."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store import tables


async def message_said(session: AsyncSession, chat_id: int, telegram_message_id: int) -> tables.OutgoingMessage | None:
    """The message that stands under a Telegram message id in a chat."""
    found = await session.scalars(
        select(tables.OutgoingMessage).where(
            tables.OutgoingMessage.chat_id == chat_id,
            tables.OutgoingMessage.telegram_message_id == telegram_message_id,
        )
    )
    return found.first()


async def buttons_of_alert(session: AsyncSession, alert_id: int) -> Sequence[tables.OutgoingMessage]:
    """Messages about an incident that may still show buttons."""
    query = select(tables.OutgoingMessage).where(
        tables.OutgoingMessage.alert_id == alert_id,
        tables.OutgoingMessage.edits_id.is_(None),
        tables.OutgoingMessage.status.in_(("sent", "sending")),
    )
    return [row for row in (await session.scalars(query)).all() if row.buttons]


async def last_edit(session: AsyncSession, message_id: int) -> tables.OutgoingMessage | None:
    """The newest change that was asked for of a message."""
    query = select(tables.OutgoingMessage).where(tables.OutgoingMessage.edits_id == message_id)
    return (await session.scalars(query.order_by(tables.OutgoingMessage.id.desc()).limit(1))).one_or_none()


async def said_lately(session: AsyncSession, chat_id: int, since: datetime) -> bool:
    """Whether anything was said in a chat since an instant."""
    found = await session.scalar(
        select(func.count())
        .select_from(tables.OutgoingMessage)
        .where(tables.OutgoingMessage.chat_id == chat_id, tables.OutgoingMessage.created_at > since)
    )
    return bool(found)
