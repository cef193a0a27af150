"""/phrases: which phrases bring useless alerts; adding one without a release, tried before it counts.

A phrase only ever adds an alert: none can silence one. Who added or withdrew what, and when, stays in its own row.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.alliance.effects import Ask, Choice, Chose, Command, Forget, Kind, Say, Turn, Wrote
from bot.alliance.key import Key, Phrase, Value
from bot.alliance.people import OpenQuestion, Role
from bot.alliance.rating import Concern
from bot.alliance.signals import URGENT_CONCERNS, Recogniser, Severity
from bot.alliance.signals.lexicon import Added
from bot.alliance.signals.spelling import fold
from bot.alliance.signals.trying import trial
from bot.coordination.trial import SEVERITY
from bot.dialogues.words import quoted
from bot.nursing.alerts import CONCERN
from bot.store import phrases, queries
from bot.store.tables import AddedPhrase, Person
from bot.text import labelled_sentences

NAME = "phrases"
SHOWN = 12
EXAMPLES = 4
LONGEST = 120
SHORTEST = 4
"""Letters; what is shorter stands in half of all messages."""
TOO_MANY = 20
"""A phrase that would raise more labelled sentences than these without reason, and more than with reason, would tire
every nurse."""
CONCERNS = (
    *URGENT_CONCERNS,
    Concern.WANTS_NURSE,
    Concern.WANTS_TO_STOP,
    Concern.RELAPSE,
    Concern.DISCOURAGEMENT,
)
_CANCEL = Choice("cancel", Key("schedule.cancel"), words=Key("choice.no.words"))


async def report(session: AsyncSession, coordinator: Person) -> Turn:
    """What set off alerts and what came of it; the phrases that were added, and a button to add one."""
    lines: list[Value] = [
        Phrase(
            Key("phrases.report.line"),
            phrase=Key("phrases.weighed") if row.phrase is None else Phrase(Key("phrases.quoted"), phrase=row.phrase),
            alerts=row.alerts,
            judged=row.judged,
            useless=row.useless,
        )
        for row in await phrases.usefulness(session, SHOWN)
    ]
    turn = [Say(coordinator.id, Key("phrases.report"), commands=((Command("phrase:add", Key("phrases.add")),),))]
    turn += [Say(coordinator.id, Key("phrases.one"), {"line": line}) for line in lines]
    if not lines:
        turn = [Say(coordinator.id, Key("phrases.none"), commands=((Command("phrase:add", Key("phrases.add")),),))]
    for row in await phrases.added_rows(session):
        values: dict[str, Value] = {
            "phrase": row.words,
            "concern": CONCERN[Concern(row.concern)],
            "severity": SEVERITY[Severity(row.severity)],
            "by": (await session.get_one(Person, row.added_by)).alias,
        }
        buttons = ((Command(f"phrase:drop:{row.id}", Key("phrases.withdraw")),),)
        turn.append(Say(coordinator.id, Key("phrases.added.one"), values, commands=buttons))
    return tuple(turn)


async def pressed(session: AsyncSession, coordinator: Person, data: str, now: datetime) -> Turn:
    """phrase:add, phrase:drop:3."""
    what, _, rest = data.partition(":")
    if what == "add":
        return (Ask(Key("phrases.which"), NAME, "words", (_CANCEL,), open=True),)
    row = await session.get(AddedPhrase, int(rest)) if what == "drop" and rest.isascii() and rest.isdigit() else None
    if row is None or row.withdrawn_at is not None:
        return (Say(coordinator.id, Key("phrases.gone")),)
    row.withdrawn_at, row.withdrawn_by = now, coordinator.id
    values: dict[str, Value] = {"phrase": row.words, "by": coordinator.alias}
    return (
        Say(coordinator.id, Key("phrases.withdrawn"), values),
        *await _others(session, coordinator, Key("phrases.withdrawn.by"), values),
    )


async def answer(
    session: AsyncSession,
    coordinator: Person,
    question: OpenQuestion,
    said: Chose | Wrote,
    recogniser: Recogniser,
    now: datetime,
) -> Turn | None:
    """One step. None: these words are no answer to it."""
    keeps = dict(question.keeps)
    match question.step, said:
        case _, Chose("cancel"):
            return (Say(coordinator.id, Key("phrases.cancelled")), Forget())
        case "words", Wrote(words):
            return _words(coordinator, words)
        case "language", Chose(language):
            choices = tuple(Choice(concern, CONCERN[concern]) for concern in CONCERNS)
            return (
                Ask(
                    Key("phrases.concern"), NAME, "concern", (*choices, _CANCEL), keeps={**keeps, "language": language}
                ),
            )
        case "concern", Chose(concern):
            severities = (Severity.URGENT, Severity.SOON) if Concern(concern) in URGENT_CONCERNS else (Severity.SOON,)
            choices = tuple(Choice(str(int(severity)), SEVERITY[severity]) for severity in severities)
            keeps |= {"concern": concern}
            return (Ask(Key("phrases.severity"), NAME, "severity", (*choices, _CANCEL), keeps=keeps),)
        case "severity", Chose(severity):
            return _preview(coordinator, {**keeps, "severity": int(severity)}, recogniser)
        case "preview", Chose("save"):
            return await _save(session, coordinator, _phrase(keeps), now)
    return None


def _words(coordinator: Person, typed: str) -> Turn:
    """Plain words only: what is not a word would be read as a sign of the lexicon."""
    words = fold(typed).replace("-", " ").split()
    plain = all(word.replace("'", "").isalpha() for word in words)
    if len(typed) > LONGEST or not plain or len("".join(words)) < SHORTEST:
        return (Say(coordinator.id, Key("phrases.which.bad"), {"longest": LONGEST}),)
    languages = (Choice("fr", Key("language.fr")), Choice("en", Key("language.en")))
    first = languages if coordinator.language == "fr" else languages[::-1]
    keeps = {"words": " ".join(words)}
    return (Ask(Key("phrases.language"), NAME, "language", (*first, _CANCEL), keeps=keeps, columns=2),)


def _phrase(keeps: dict[str, object]) -> Added:
    return Added(
        str(keeps["language"]),
        Concern(str(keeps["concern"])),
        Severity(int(str(keeps["severity"]))),
        str(keeps["words"]),
    )


def _preview(coordinator: Person, keeps: dict[str, object], recogniser: Recogniser) -> Turn:
    phrase = _phrase(keeps)
    tried = trial(phrase, recogniser, labelled_sentences())
    values: dict[str, Value] = {
        "phrase": phrase.words,
        "of": tried.of,
        "rightly": len(tried.rightly),
        "wrongly": len(tried.wrongly),
    }
    examples = tuple(
        Say(coordinator.id, Key("phrases.example"), {"words": quoted(words)}) for words in tried.wrongly[:EXAMPLES]
    )
    if len(tried.wrongly) > max(TOO_MANY, len(tried.rightly)):
        return (Say(coordinator.id, Key("phrases.too_wide"), values), *examples, Forget())
    save = Choice("save", Key("phrases.save"), words=Key("choice.yes.words"))
    return (*examples, Ask(Key("phrases.preview"), NAME, "preview", (save, _CANCEL), values, keeps=keeps))


async def _save(session: AsyncSession, coordinator: Person, phrase: Added, now: datetime) -> Turn:
    session.add(
        AddedPhrase(
            language=phrase.language,
            concern=phrase.concern,
            severity=int(phrase.severity),
            words=phrase.words,
            added_by=coordinator.id,
            added_at=now,
        )
    )
    values: dict[str, Value] = {"phrase": phrase.words, "concern": CONCERN[phrase.concern], "by": coordinator.alias}
    return (
        Say(coordinator.id, Key("phrases.saved"), values),
        Forget(),
        *await _others(session, coordinator, Key("phrases.saved.by"), values),
    )


async def _others(session: AsyncSession, coordinator: Person, key: Key, values: dict[str, Value]) -> tuple[Say, ...]:
    """The other coordinators learn of every change."""
    others = await queries.people_with_role(session, Role.COORDINATOR)
    return tuple(
        Say(other.id, key, values, Kind.NOTICE)
        for other in others
        if other.id != coordinator.id and other.chat_id is not None
    )
