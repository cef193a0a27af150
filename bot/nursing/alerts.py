"""A carer and her alerts: what is open, the details, taking one, saying how it ended and whether it was of use.

Anything here can be tapped or typed. Nobody reads a client's words who is not of the pair or was not told.
"""

from dataclasses import replace
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from bot.alliance.effects import Acknowledge, Close, Command, Judge, Kind, Priority, Say, Turn
from bot.alliance.key import Key, Phrase, Value
from bot.alliance.rating import LABEL, Concern
from bot.alliance.signals import Severity, normalise
from bot.dialogues.words import quoted
from bot.notification.outcome import OUTCOMES, UNTOLD, outcome_buttons, page_buttons, useful_buttons
from bot.store import queries
from bot.store.tables import AlertRow, Person
from bot.text import LANGUAGES, text

CONCERN: dict[Concern, Key] = {
    Concern.CRISIS: Key("concern.crisis"),
    Concern.SELF_HARM: Key("concern.self_harm"),
    Concern.VIOLENCE: Key("concern.violence"),
    Concern.EMERGENCY: Key("concern.emergency"),
    Concern.DISCOURAGEMENT: Key("concern.discouragement"),
    Concern.AMBIVALENCE: Key("concern.ambivalence"),
    Concern.PROGRESS: Key("concern.progress"),
    Concern.RELAPSE: Key("concern.relapse"),
    Concern.WANTS_NURSE: Key("concern.wants_nurse"),
    Concern.WANTS_TO_STOP: Key("concern.wants_to_stop"),
    Concern.TO_READ: Key("concern.to_read"),
    Concern.RATING: Key("concern.rating"),
    Concern.WORSENING: Key("concern.worsening"),
    Concern.BLOCKED: Key("concern.blocked"),
}
LONGEST_QUOTE = 1800
"""Letters of a client's words in one message: with what stands around them they stay under Telegram's 4,096 UTF-16
units, even where each letter takes two."""
WORDS_SHOWN = 6
"""How many of a client's messages the details show: the first, and the newest."""


async def act(session: AsyncSession, carer: Person, what: str, number: int | None, rest: str) -> Turn:
    """take, see, close or judge, by number; without one, the only open alert is meant, or the last one she closed."""
    if number is None and what == "judge":
        number = await queries.last_closed_by(session, carer.id)
    if number is None:
        incidents = await queries.incidents_for(session, carer)
        mine = [row for row in incidents if what != "close" or row.alert.acknowledged_by == carer.id]
        if len(mine) != 1:
            return await listed(session, carer)
        number = mine[0].alert.id
    alert = await session.get(AlertRow, number)
    if alert is None or not await _allowed(session, carer, alert):
        return (Say(carer.id, Key("alert.unknown"), {"number": number}),)
    match what:
        case "take":
            return await _take(session, carer, alert)
        case "see":
            return await details(session, carer, alert, (page_buttons(alert.id)[0][:1],))
        case "judge":
            return await _judge(session, carer, alert, rest)
        case _:
            return await _close(session, carer, alert, rest)


async def _allowed(session: AsyncSession, carer: Person, alert: AlertRow) -> bool:
    """The client's pair of today; whoever an open alert has reached, for as long as it is open; and who carried it."""
    if alert.acknowledged_by == carer.id:
        return True
    if await queries.may_read(session, carer, alert.client_id):
        return True
    return alert.status != "closed" and carer.id in alert.told


async def listed(session: AsyncSession, carer: Person) -> Turn:
    """What is open, the gravest and oldest first, with a button each."""
    incidents = await queries.incidents_for(session, carer)
    if not incidents:
        return (Say(carer.id, Key("alerts.none")),)
    turn: list[Say] = [Say(carer.id, Key("alerts.open"), {"count": len(incidents)})]
    for alert, client in incidents[:10]:
        values: dict[str, Value] = {
            "number": alert.id,
            "alias": client.alias,
            "severity": severity_words(alert),
            "since": alert.opened_at.astimezone(ZoneInfo(carer.timezone)),
            "state": await _state(session, alert),
        }
        allowed = await _allowed(session, carer, alert)
        buttons = outcome_buttons(alert.id) if alert.acknowledged_by == carer.id else page_buttons(alert.id)
        turn.append(Say(carer.id, Key("alerts.line"), values, commands=buttons if allowed else (), alert_id=alert.id))
    return tuple(turn)


def severity_words(alert: AlertRow) -> Key:
    """ "urgent", "à voir bientôt"."""
    return Key("severity.urgent") if alert.severity == Severity.URGENT else Key("severity.soon")


async def _state(session: AsyncSession, alert: AlertRow) -> Value:
    if alert.acknowledged_by is None:
        return Key("alerts.waiting")
    return Phrase(Key("alerts.taken_by"), nurse=(await session.get_one(Person, alert.acknowledged_by)).alias)


async def _take(session: AsyncSession, carer: Person, alert: AlertRow) -> Turn:
    client = await session.get_one(Person, alert.client_id)
    values: dict[str, Value] = {"number": alert.id, "alias": client.alias}
    if alert.status == "closed":
        return (Say(carer.id, Key("alert.closed_already"), values),)
    if alert.acknowledged_by == carer.id:
        return (
            Say(carer.id, Key("alert.yours_already"), values, commands=outcome_buttons(alert.id), alert_id=alert.id),
        )
    if alert.acknowledged_by is not None:
        by = await session.get_one(Person, alert.acknowledged_by)
        since = alert.acknowledged_at.astimezone(ZoneInfo(carer.timezone)).time() if alert.acknowledged_at else ""
        return (Say(carer.id, Key("alert.taken_already"), {**values, "nurse": by.alias, "since": since}),)
    return (
        Acknowledge(alert.id),
        *await details(session, carer, alert, ()),
        Say(
            carer.id,
            Key("alert.yours.quietly") if Concern(alert.concern) in UNTOLD else Key("alert.yours"),
            values,
            Kind.ALERT,
            Priority.REPLY,
            outcome_buttons(alert.id),
            alert_id=alert.id,
        ),
    )


async def details(
    session: AsyncSession, carer: Person, alert: AlertRow, buttons: tuple[tuple[Command, ...], ...]
) -> Turn:
    """Why, since when, and the client's own words, word for word."""
    client = await session.get_one(Person, alert.client_id)
    zone = ZoneInfo(carer.timezone)
    lines = [line for line in await queries.alert_log(session, alert.id) if line.event in ("opened", "joined")]
    concerns = dict.fromkeys([Concern(alert.concern), *(Concern(line.concern) for line in lines if line.concern)])
    said = [line for line in lines if line.words]
    shown = said if len(said) <= WORDS_SHOWN else [said[0], *said[1 - WORDS_SHOWN :]]
    values: dict[str, Value] = {
        "number": alert.id,
        "alias": client.alias,
        "severity": severity_words(alert),
        "concern": [CONCERN[concern] for concern in concerns],
        "since": alert.opened_at.astimezone(zone),
        "rating": await _last_rating(session, client.id),
    }
    seen_in = dict.fromkeys(line.seen_in for line in lines if line.seen_in)
    if seen_in:
        values["seen_in"] = [quoted(words, LONGEST_QUOTE // 6) for words in list(seen_in)[-3:]]
        effects = [Say(carer.id, Key("alert.details.seen"), values)]
    else:
        effects = [Say(carer.id, Key("alert.details"), values)]
    for line in shown:
        for part in parts(line.words or ""):
            quote: dict[str, Value] = {"alias": client.alias, "at": line.at.astimezone(zone), "words": part}
            effects.append(Say(carer.id, Key("alert.words"), quote))
    if alert.acknowledged_by is None:
        effects[-1] = replace(effects[-1], commands=buttons, alert_id=alert.id)
    return tuple(effects)


def parts(words: str) -> list[str]:
    """Words in pieces that each fit one message: nothing of them is cut off."""
    return [words[start : start + LONGEST_QUOTE] for start in range(0, len(words), LONGEST_QUOTE)]


async def _last_rating(session: AsyncSession, client_id: int) -> Value:
    last = await queries.last_rating(session, client_id)
    if last is None:
        return Key("rating.none_yet")
    if last.since is None:
        return LABEL[last.value]
    return Phrase(Key("rating.since"), rating=LABEL[last.value], since=last.since)


async def _close(session: AsyncSession, carer: Person, alert: AlertRow, rest: str) -> Turn:
    client = await session.get_one(Person, alert.client_id)
    values: dict[str, Value] = {"number": alert.id, "alias": client.alias}
    if alert.status == "closed":
        return (Say(carer.id, Key("alert.closed_already"), values),)
    if alert.acknowledged_by != carer.id:
        return (Say(carer.id, Key("alert.take_first"), values, commands=page_buttons(alert.id)),)
    outcome = outcome_in(rest)
    if outcome is None:
        return (
            Say(carer.id, Key("alert.which_outcome"), values, commands=outcome_buttons(alert.id), alert_id=alert.id),
        )
    return (
        Close(alert.id, outcome),
        Say(
            carer.id,
            Key("alert.closed"),
            {**values, "outcome": OUTCOMES[outcome]},
            commands=useful_buttons(alert.id),
        ),
    )


async def _judge(session: AsyncSession, carer: Person, alert: AlertRow, rest: str) -> Turn:
    client = await session.get_one(Person, alert.client_id)
    values: dict[str, Value] = {"number": alert.id, "alias": client.alias}
    useful = useful_in(rest)
    if useful is None:
        return (Say(carer.id, Key("alert.which_use"), values, commands=useful_buttons(alert.id)),)
    key = Key("alert.judged.useful") if useful else Key("alert.judged.useless")
    return (Judge(alert.id, useful), Say(carer.id, key, values))


def useful_in(words: str) -> bool | None:
    """Whether words or a button's data say that an alert was of use; None when they say neither."""
    typed = normalise(words).lstrip("0123456789# ").rstrip(" .!")
    for useful, label, further in (
        (True, Key("useful.yes"), Key("choice.yes.words")),
        (False, Key("useful.no"), Key("choice.no.words")),
    ):
        for language in LANGUAGES:
            if typed in {normalise(text(label, language)), *map(normalise, text(further, language).split("|"))}:
                return useful
    return {"yes": True, "no": False}.get(typed)


def act_in(words: str) -> str | None:
    """The act of a button whose label was typed instead of tapped: take, see, close, judge; None for other words."""
    typed = normalise(words).rstrip(" .!")
    for act_name, label in (("take", Key("page.take")), ("see", Key("page.see"))):
        if typed in {normalise(text(label, language)) for language in LANGUAGES}:
            return act_name
    for label in (Key("useful.yes"), Key("useful.no")):
        if typed in {normalise(text(label, language)) for language in LANGUAGES}:
            return "judge"
    return "close" if outcome_in(words) is not None and typed not in OUTCOMES else None


def outcome_in(words: str) -> str | None:
    """The outcome named by a button's data or by typed words of either language; None when none is.

    Typed: the whole label, or its first word alone. "not reached" or "visit cancelled" is no outcome: closing an alert
    with the opposite of what was meant would be worse than asking again.
    """
    if words in OUTCOMES:
        return words
    typed = normalise(words).lstrip("0123456789# ").rstrip(" .!")
    for name, label in OUTCOMES.items():
        for language in LANGUAGES:
            spoken = normalise(text(label, language))
            first = spoken.split()[0]
            if typed == spoken or (typed == first and len(first) > 3):
                return name
    return None
