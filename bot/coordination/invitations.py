"""Invitations: single-use links that expire; only a keyed hash of the token is kept.

Refuses to say which of unknown, used or expired a link was.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.alliance.people import Role
from bot.store.tables import Care, Invitation, Person
from bot.text import LANGUAGES

VALID_FOR = timedelta(hours=72)
TOKEN_BYTES = 32
"""43 characters of base64url; Telegram allows 64 in a start link, A to Z, a to z, 0 to 9, _ and -."""
LONGEST_ALIAS = 40


class BadInvitation(ValueError):
    """The invitation cannot be made; the message says why in one line."""


class AliasTaken(BadInvitation):
    """Two people under one alias would be mistaken for each other on a nurse's phone."""


def token_hash(token: str, secret: str) -> str:
    """HMAC-SHA256, hexadecimal: without the secret, the table tells nothing about the links."""
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def clean_alias(alias: str) -> str:
    """One line of 1 to 40 characters without control characters. Raises BadInvitation."""
    bare = " ".join(alias.split())
    if not bare or len(bare) > LONGEST_ALIAS or not re.fullmatch(r"[^\x00-\x1f\x7f/]+", bare) or not bare.isprintable():
        raise BadInvitation(f"an alias has 1 to {LONGEST_ALIAS} characters, on one line, without a slash")
    return bare


async def invite(
    session: AsyncSession,
    role: Role,
    alias: str,
    *,
    language: str,
    timezone: str,
    region: str,
    secret: str,
    now: datetime,
    theme: str | None = None,
) -> tuple[Person, str]:
    """Make a person who may come, and the token of her link. Raises BadInvitation."""
    bare = clean_alias(alias)
    if language not in LANGUAGES:
        raise BadInvitation(f"a language is one of {', '.join(LANGUAGES)}")
    taken = await session.scalars(select(Person.alias).where((Person.role == Role.CLIENT) == (role is Role.CLIENT)))
    if bare.casefold() in {alias.casefold() for alias in taken}:
        raise AliasTaken("this alias is in use already; another one, please")
    person = Person(role=role, alias=bare, language=language, address="vous", timezone=timezone, created_at=now)
    session.add(person)
    await session.flush()
    if role is Role.CLIENT:
        session.add(Care(client_id=person.id, region=region, theme=theme, anchor=date(now.year, now.month, now.day)))
        await session.flush()
    return person, await link_token(session, person, secret, now)


async def link_token(session: AsyncSession, person: Person, secret: str, now: datetime) -> str:
    """A fresh token for somebody who has not come yet; earlier links of theirs stop working."""
    await session.execute(
        update(Invitation).where(Invitation.person_id == person.id, Invitation.used_at.is_(None)).values(expires_at=now)
    )
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        Invitation(
            token_hash=token_hash(token, secret),
            person_id=person.id,
            created_at=now,
            expires_at=now + VALID_FOR,
        )
    )
    await session.flush()
    return token


async def redeem(
    session: AsyncSession, token: str, chat_id: int, secret_keys: Sequence[str], now: datetime
) -> Person | None:
    """Give the link's person this chat; None when the link is unknown, used or expired, or the person came already."""
    hashes = [token_hash(token, secret) for secret in secret_keys]
    found = await session.scalars(
        select(Invitation).where(
            Invitation.token_hash.in_(hashes), Invitation.used_at.is_(None), Invitation.expires_at > now
        )
    )
    invitation = found.one_or_none()
    if invitation is None:
        return None
    person = await session.get_one(Person, invitation.person_id)
    if person.chat_id is not None:
        return None
    invitation.used_at, person.chat_id = now, chat_id
    await session.flush()
    return person


def link(bot_name: str, token: str) -> str:
    """The address that opens the bot with the token."""
    return f"https://t.me/{bot_name}?start={token}"
