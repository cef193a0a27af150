"""From a key to a row of the outbox: renders a sentence once, in its reader's language, with its buttons.

The only writer of ``outgoing_message``. Refuses to decide what is said.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.alliance.effects import Ask, Choice, Command, Kind, Priority, Say
from bot.alliance.key import Key, Value
from bot.dialogues.intents import KEYBOARD, bare
from bot.store.said import last_edit
from bot.store.tables import OutgoingMessage, Person, Question
from bot.text import LANGUAGES, LONGEST, text

LATEST: dict[Kind, timedelta | None] = {
    Kind.SAFETY: None,
    Kind.ALERT: None,
    Kind.REPLY: timedelta(hours=24),
    Kind.CHECK_IN: timedelta(hours=4),
    Kind.NOTICE: timedelta(hours=48),
    Kind.EDIT: timedelta(minutes=10),
}
"""How late a message of a kind may still leave; later it is skipped with a reason, never sent stale. None: always."""

PRESSED = "q"
"""How the data of a question's button begins; after it come the question's serial and the choice's id."""


async def say(session: AsyncSession, effect: Say, now: datetime) -> OutgoingMessage | None:
    """Write one message to the outbox. None when the person has never opened the bot: there is nowhere to write to."""
    person = await session.get_one(Person, effect.to)
    if person.chat_id is None:
        return None
    row = _row(person, effect.key, effect.values, effect.kind, effect.priority, now, effect.due_at or now)
    row.alert_id, row.check_in_id = effect.alert_id, effect.check_in_id
    row.buttons = [[_button(person, command.data, command) for command in line] for line in effect.commands]
    if effect.keyboard:
        row.keyboard = keyboard_for(person)
    session.add(row)
    await session.flush()
    return row


async def ask(session: AsyncSession, person: Person, effect: Ask, now: datetime) -> OutgoingMessage | None:
    """Write a question to the outbox and make it the open one of this person."""
    if person.chat_id is None:
        return None
    question = await session.get(Question, person.id)
    if question is None:
        question = Question(person_id=person.id, serial=0, asked_at=now)
        session.add(question)
    said = await _standing(session, question) if effect.in_place else None
    if said is None:
        question.serial += 1
    question.dialogue, question.step, question.open = effect.dialogue, effect.step, effect.open
    question.keeps = dict(effect.keeps)
    question.choices = {choice.id: _typed(choice) for choice in effect.choices}
    question.asked_at = now
    row = _row(person, effect.key, effect.values, effect.kind, effect.priority, now, now)
    row.check_in_id = effect.check_in_id
    buttons = [_button(person, f"{PRESSED}:{question.serial}:{choice.id}", choice) for choice in effect.choices]
    row.buttons = [buttons[start : start + effect.columns] for start in range(0, len(buttons), effect.columns)]
    session.add(row)
    if said is not None:
        row.kind, row.edits_id = Kind.EDIT, said.id
        said.buttons = row.buttons
    await session.flush()
    if said is None:
        question.message_id = row.id
    return row


async def _standing(session: AsyncSession, question: Question) -> OutgoingMessage | None:
    """The message of the open question, if there is one to change."""
    if question.message_id is None or question.dialogue is None:
        return None
    return await session.get(OutgoingMessage, question.message_id)


async def repeat(session: AsyncSession, person: Person, now: datetime) -> None:
    """Post the open question again, with fresh buttons: the old ones may be out of Telegram's reach."""
    question = await session.get(Question, person.id)
    if question is None or question.dialogue is None or question.message_id is None or person.chat_id is None:
        return
    before = await session.get_one(OutgoingMessage, question.message_id)
    question.serial += 1
    buttons = [
        [{"text": button["text"], "data": _renumbered(button["data"], question.serial)} for button in line]
        for line in before.buttons
    ]
    row = OutgoingMessage(
        person_id=person.id,
        chat_id=person.chat_id,
        kind=Kind.REPLY,
        priority=Priority.REPLY,
        key=before.key,
        text=before.text,
        buttons=buttons,
        keyboard=[],
        check_in_id=before.check_in_id,
        created_at=now,
        due_at=now,
        expires_at=_expires(Kind.REPLY, now),
    )
    session.add(row)
    await session.flush()
    question.message_id = row.id


def _renumbered(data: str, serial: int) -> str:
    prefix, _, choice = data.split(":", 2)
    return f"{prefix}:{serial}:{choice}"


async def put_away(session: AsyncSession, message_id: int | None, chosen: str | None, now: datetime) -> None:
    """Take the buttons off a message that was answered, and show what was chosen.

    chosen: the data of the button, None when it was answered by typing or is simply over.
    """
    if message_id is None:
        return
    said = await session.get(OutgoingMessage, message_id)
    if said is None or not said.buttons:
        return
    label = next((button["text"] for line in said.buttons for button in line if button["data"] == chosen), None)
    if said.status == "pending":
        said.buttons = []
        return
    before = await last_edit(session, said.id)
    words = before.text if before is not None and label is None else said.text
    session.add(
        OutgoingMessage(
            person_id=said.person_id,
            chat_id=said.chat_id,
            kind=Kind.EDIT,
            priority=Priority.QUIET,
            key=said.key,
            text=_cut(f"{words}\n\n✓ {label}" if label else words),
            buttons=[],
            keyboard=[],
            edits_id=said.id,
            created_at=now,
            due_at=now,
            expires_at=_expires(Kind.EDIT, now),
        )
    )


def keyboard_for(person: Person) -> list[list[str]]:
    """The client's permanent keyboard, in her language."""
    return [[text(key, person.language, address=person.address) for _, key in line] for line in KEYBOARD]


def _row(
    person: Person,
    key: Key,
    values: Mapping[str, Value],
    kind: Kind,
    priority: Priority,
    now: datetime,
    due_at: datetime,
) -> OutgoingMessage:
    return OutgoingMessage(
        person_id=person.id,
        chat_id=person.chat_id,
        kind=kind,
        priority=priority,
        key=key,
        text=_cut(text(key, person.language, address=person.address, **values)),
        buttons=[],
        keyboard=[],
        created_at=now,
        due_at=due_at,
        expires_at=_expires(kind, due_at),
    )


def _expires(kind: Kind, due_at: datetime) -> datetime | None:
    latest = LATEST[kind]
    return None if latest is None else due_at + latest


def _cut(words: str) -> str:
    """Telegram refuses more than 4,096 UTF-16 units; the whole stays in the database."""
    units = words.encode("utf-16-le", "surrogatepass")
    if len(units) <= LONGEST * 2:
        return words
    return units[: (LONGEST - 1) * 2].decode("utf-16-le", "ignore") + "…"


def _button(person: Person, data: str, part: Choice | Command) -> dict[str, Any]:
    label = text(part.label, person.language, address=person.address, **part.values)
    return {"text": label, "data": data}


def _typed(choice: Choice) -> list[str]:
    """Everything that may be typed for a choice, in both languages, normalised."""
    spoken: list[str] = []
    for language in LANGUAGES:
        for address in ("vous", "tu"):
            spoken.append(text(choice.label, language, address=address, **choice.values))
        for words in (choice.words,) if isinstance(choice.words, Key) else choice.words:
            spoken += text(words, language).split("|")
    return _unique(bare(words) for words in spoken)


def _unique(words: Iterable[str]) -> list[str]:
    return [word for word in dict.fromkeys(words) if word]


def labels(keys: Sequence[Key]) -> list[str]:
    """Every wording of some keys, in both languages and forms of address."""
    return [
        text(key, language, address=address) for key in keys for language in LANGUAGES for address in ("vous", "tu")
    ]
