"""Where a client's words go: danger first, then what the client asks for, then the open question, then the signals.

The only place that knows the order. Each dialogue knows only itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.alliance.effects import Answer, Chose, Forget, Keep, Say, Tell, Turn, Wrote
from bot.alliance.events import Event, Tap, Text, Thing
from bot.alliance.key import Key
from bot.alliance.people import Client, OpenQuestion, Programme
from bot.alliance.rating import Concern
from bot.alliance.signals import Lexicon, Severity, Signal, danger_in, signals_in
from bot.dialogues import check_in, danger, discouragement, enrolment, heard, language, nurse, pause
from bot.dialogues.intents import Intent, bare, intent_in
from bot.dialogues.words import names, quoted


@dataclass(frozen=True)
class Listening:
    """What is needed to understand words: both lexicons, and the words of the intents in both languages."""

    lexicon: Lexicon
    phrasebook: Mapping[str, Intent]


def respond(
    client: Client, question: OpenQuestion | None, event: Event, listening: Listening, now: datetime
) -> tuple[Turn, tuple[Signal, ...]]:
    """The turn that answers a client's event, and the signals that its words carried."""
    match event:
        case Text(text, edited):
            signals = signals_in(text, listening.lexicon)
            concern = danger_in(signals)
            if concern is not None:
                return danger.turn(client, concern, text, question, now), signals
            return _words(client, question, text, edited, signals, listening, now), signals
        case Tap(None):
            return _stale(client, question), ()
        case Tap(choice) if choice is not None and question is not None:
            return _answered(client, question, Chose(choice), now) or (), ()
        case Thing(kind) if client.programme is not Programme.DECLINED:
            return heard.thing(client, kind), ()
    return (), ()


def _words(
    client: Client,
    question: OpenQuestion | None,
    text: str,
    edited: bool,
    signals: tuple[Signal, ...],
    listening: Listening,
    now: datetime,
) -> Turn:
    intent = None if edited else intent_in(text, listening.phrasebook)
    enrolling = client.programme is Programme.INVITED
    if intent is not None and not (enrolling and intent is not Intent.HELP):
        return _asked_for(client, question, intent, now)
    if client.programme is Programme.DECLINED:
        return (Say(client.id, Key("declined.reply"), {"emergency": client.help.emergency_line}),)
    if enrolling and (question is None or intent is Intent.START):
        return enrolment.begin(client)
    if enrolling and intent is Intent.STOP:
        return enrolment.answer(client, _consent_step(question), Chose("no"), now) or ()
    if question is not None and not edited and not text.lstrip().startswith("/"):
        said = answer_in(text, question)
        turn = _answered(client, question, said, now)
        if turn is not None:
            if enrolling or isinstance(said, Chose):
                return turn
            return _with_signals(client, question, turn, text, signals, now)
    if text.lstrip().startswith("/"):
        return (Say(client.id, Key("heard.unknown_command")),)
    if not enrolling and not edited:
        met = _met(client, text, signals, now)
        if met is not None:
            return met
    return heard.words(client, text, edited=edited, question=question)


def _consent_step(question: OpenQuestion | None) -> OpenQuestion:
    assert question is not None
    return OpenQuestion(enrolment.NAME, "consent", {}, {}, False, question.asked_at)


def answer_in(text: str, question: OpenQuestion) -> Answer:
    """A typed text as an answer: the choice whose words it is, else the words themselves."""
    typed = bare(text)
    for choice, spoken in question.choices.items():
        if typed and typed in spoken:
            return Chose(choice)
    return Wrote(text)


def _answered(client: Client, question: OpenQuestion, said: Answer, now: datetime) -> Turn | None:
    match question.dialogue:
        case enrolment.NAME:
            return enrolment.answer(client, question, said, now)
        case check_in.NAME:
            return check_in.answer(client, question, said, now)
        case discouragement.NAME:
            return discouragement.answer(client, said, now)
        case nurse.NAME:
            return nurse.answer(client, said)
        case pause.NAME:
            return pause.answer(client, said, now) if isinstance(said, Chose) else None
        case language.NAME:
            return language.answer(client, said) if isinstance(said, Chose) else None
    return None


def _with_signals(
    client: Client, question: OpenQuestion, turn: Turn, text: str, signals: tuple[Signal, ...], now: datetime
) -> Turn:
    """An answer that also says how the client is: kept as the answer, and met."""
    if question.dialogue == discouragement.NAME and client.alert is None:
        strong = [signal for signal in signals if signal.concern is Concern.DISCOURAGEMENT]
        if strong and strong[0].severity is Severity.SOON:
            return (
                *turn,
                Tell(client.id, Concern.DISCOURAGEMENT, Severity.SOON, text),
                nurse.told(client, now),
            )
    if question.dialogue == discouragement.NAME:
        signals = tuple(signal for signal in signals if signal.concern is not Concern.DISCOURAGEMENT)
    met = _met(client, text, signals, now)
    if met is None:
        return turn
    return (*(effect for effect in turn if isinstance(effect, Keep)), Forget(), *met)


def _met(client: Client, text: str, signals: tuple[Signal, ...], now: datetime) -> Turn | None:
    for signal in signals:
        match signal.concern:
            case Concern.WANTS_TO_STOP if client.programme is not Programme.STOPPED:
                return pause.stop(client, text, now)
            case Concern.WANTS_NURSE:
                return nurse.begin(client, text, now)
            case Concern.RELAPSE:
                return (
                    Keep("note", text),
                    Say(
                        client.id,
                        Key("relapse.met"),
                        {"words": quoted(text), "emergency": client.help.emergency_line},
                    ),
                    Tell(client.id, Concern.RELAPSE, Severity.SOON, text),
                    nurse.told(client, now),
                    Forget(),
                )
            case Concern.DISCOURAGEMENT:
                return discouragement.begin(client, text, signal.severity, now)
    return None


def _asked_for(client: Client, question: OpenQuestion | None, intent: Intent, now: datetime) -> Turn:
    if client.programme is Programme.DECLINED and intent in (Intent.START, Intent.RESUME):
        return enrolment.ask_consent_again(client)
    match intent:
        case Intent.HELP:
            return (
                Say(
                    client.id,
                    Key("help.client"),
                    {"who": names(client.nurses), **danger.safety_values(client)},
                    keyboard=client.programme is Programme.ACTIVE,
                ),
            )
        case Intent.LANGUAGE:
            return language.begin(client)
        case Intent.NURSE:
            return nurse.begin(client, None, now)
        case Intent.HARD:
            return discouragement.begin(client, None, Severity.NONE, now)
        case Intent.STOP:
            if client.programme is Programme.STOPPED:
                return (Say(client.id, Key("stop.already")),)
            return pause.stop(client, None, now)
        case Intent.START if client.programme is Programme.ACTIVE:
            return (Say(client.id, Key("start.again"), {"who": names(client.nurses)}, keyboard=True),)
        case Intent.RESUME if client.programme is Programme.ACTIVE:
            return (Say(client.id, Key("resume.already"), keyboard=True),)
        case Intent.START | Intent.RESUME:
            return pause.resume(client, now)
        case Intent.PAUSE:
            if client.programme is Programme.ACTIVE:
                return pause.begin()
            return (Say(client.id, Key("pause.already")),)
        case Intent.CHECK_IN:
            return check_in.ask(client, client.check_in.id if client.check_in else None)


def _stale(client: Client, question: OpenQuestion | None) -> Turn:
    """A button of an earlier question: said kindly; the open question, if any, is asked again by the shell."""
    if question is None:
        return (Say(client.id, Key("stale.nothing_open")),)
    return (Say(client.id, Key("stale.question_open")),)
