"""Every table, on one page.

Instants are aware UTC and end in ``_at``. What falls due has its own indexed column on the thing that is due; nothing
that matters lives in memory.
"""

from datetime import UTC, date, datetime, time
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    String,
    Text,
    Time,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant; SQLite keeps it without a zone, so the zone is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a zone is a mistake")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Table(DeclarativeBase):
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant,
        date: Date,
        time: Time,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


class Person(Table):
    """Everybody the bot may speak with. chat_id is empty until the invitation was opened."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(String(16))
    chat_id: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    alias: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(8))
    address: Mapped[str] = mapped_column(String(8), default="vous")
    timezone: Mapped[str] = mapped_column(String(64))
    away_since_at: Mapped[datetime | None]
    blocked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Invitation(Table):
    """A single-use link; only the keyed hash of its token is kept."""

    __tablename__ = "invitation"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Pair(Table):
    """Two nurses who carry alliances together, and when they read."""

    __tablename__ = "pair"
    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    timezone: Mapped[str] = mapped_column(String(64))
    days: Mapped[str] = mapped_column(String(7), default="01234")
    opens: Mapped[time] = mapped_column(default=time(8))
    closes: Mapped[time] = mapped_column(default=time(17))


class Care(Table):
    """One client's programme: pair, consent, rhythm, and what is due next."""

    __tablename__ = "care"
    client_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    programme: Mapped[str] = mapped_column(String(16), default="invited")
    pair_id: Mapped[int | None] = mapped_column(ForeignKey("pair.id"), index=True)
    region: Mapped[str] = mapped_column(String(8))
    theme: Mapped[str | None] = mapped_column(String(32))
    consent_version: Mapped[int | None]
    consented_at: Mapped[datetime | None]
    started_on: Mapped[date | None]
    rhythm_given: Mapped[bool] = mapped_column(default=False)
    days: Mapped[str] = mapped_column(String(7), default="0")
    at: Mapped[time] = mapped_column(default=time(9))
    every_weeks: Mapped[int] = mapped_column(default=1)
    anchor: Mapped[date] = mapped_column(default=date(2024, 1, 1))
    next_check_in_at: Mapped[datetime | None] = mapped_column(index=True)
    follow_up_at: Mapped[datetime | None] = mapped_column(index=True)
    paused_until: Mapped[datetime | None] = mapped_column(index=True)


class CheckIn(Table):
    """One check-in and what became of it: open, answered, skipped, postponed, unanswered."""

    __tablename__ = "check_in"
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    due_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(16), default="open")
    reason: Mapped[str | None] = mapped_column(String(64))


class Rating(Table):
    """One figure of the 0–7 grid, relative to ``since``; 0 is not rated."""

    __tablename__ = "rating"
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    check_in_id: Mapped[int | None] = mapped_column(ForeignKey("check_in.id"))
    value: Mapped[int]
    since: Mapped[date | None]
    rated_at: Mapped[datetime]


class Words(Table):
    """What a client wrote, unedited. what: objective, reason, win, note, hard."""

    __tablename__ = "words"
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    what: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]
    __table_args__ = (Index("ix_words_client_what", "client_id", "what", "written_at"),)


class Question(Table):
    """The one question a person has in front of them. serial grows with each question, so that an old button shows."""

    __tablename__ = "question"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    serial: Mapped[int] = mapped_column(default=0)
    dialogue: Mapped[str | None] = mapped_column(String(32))
    step: Mapped[str | None] = mapped_column(String(32))
    keeps: Mapped[dict[str, Any]] = mapped_column(default=dict)
    choices: Mapped[dict[str, Any]] = mapped_column(default=dict)
    open: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("outgoing_message.id"))


class OutgoingMessage(Table):
    """The outbox and the history of what was said. status: pending, sending, sent, failed, skipped.

    person_id is empty for a chat that belongs to nobody we know: a stranger, a group.
    """

    __tablename__ = "outgoing_message"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(16))
    priority: Mapped[int]
    key: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    buttons: Mapped[list[Any]] = mapped_column(default=list)
    keyboard: Mapped[list[Any]] = mapped_column(default=list)
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alert.id"), index=True)
    check_in_id: Mapped[int | None] = mapped_column(ForeignKey("check_in.id"))
    edits_id: Mapped[int | None] = mapped_column(ForeignKey("outgoing_message.id"))
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(String(8), default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    telegram_message_id: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str | None] = mapped_column(String(128))
    __table_args__ = (
        Index("ix_outgoing_message_waiting", "status", "priority", "due_at"),
        Index("ix_outgoing_message_telegram", "chat_id", "telegram_message_id"),
    )


class AlertRow(Table):
    """One incident. status: open, acknowledged, closed. look_at: when its next step is due."""

    __tablename__ = "alert"
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    concern: Mapped[str] = mapped_column(String(16))
    severity: Mapped[int]
    status: Mapped[str] = mapped_column(String(16), default="open")
    opened_at: Mapped[datetime]
    rung: Mapped[int] = mapped_column(default=0)
    told: Mapped[list[Any]] = mapped_column(default=list)
    reminders: Mapped[int] = mapped_column(default=0)
    look_at: Mapped[datetime | None] = mapped_column(index=True)
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    acknowledged_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(16))
    closed_at: Mapped[datetime | None]
    useful: Mapped[bool | None]


class AlertLog(Table):
    """Every step of every alert; rows are only ever added. seen_in: the words that raised it, as the recogniser read
    them; phrase: the lexicon's, where one matched."""

    __tablename__ = "alert_log"
    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), index=True)
    at: Mapped[datetime]
    event: Mapped[str] = mapped_column(String(24))
    concern: Mapped[str | None] = mapped_column(String(16))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    words: Mapped[str | None] = mapped_column(Text)
    seen_in: Mapped[str | None] = mapped_column(Text)
    phrase: Mapped[str | None] = mapped_column(String(160))


class AddedPhrase(Table):
    """A phrase that a coordinator added to the lexicon; a withdrawn one stays, as its own record."""

    __tablename__ = "added_phrase"
    id: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(8))
    concern: Mapped[str] = mapped_column(String(16))
    severity: Mapped[int]
    words: Mapped[str] = mapped_column(String(160))
    added_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]


class HandledUpdate(Table):
    """Ids of Telegram updates whose effects are committed; kept for at least seven days."""

    __tablename__ = "handled_update"
    update_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    handled_at: Mapped[datetime] = mapped_column(index=True)


class FailedUpdate(Table):
    """An update that could not be parsed or handled, whole, until somebody has looked at it."""

    __tablename__ = "failed_update"
    id: Mapped[int] = mapped_column(primary_key=True)
    update_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    body: Mapped[str] = mapped_column(Text)
    error: Mapped[str] = mapped_column(String(128))
    attempts: Mapped[int] = mapped_column(default=1)
    failed_at: Mapped[datetime]
    retry_at: Mapped[datetime | None] = mapped_column(index=True)


class Change(Table):
    """Who changed what, for whom, when; rows are only ever added."""

    __tablename__ = "change"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    what: Mapped[str] = mapped_column(String(32))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
