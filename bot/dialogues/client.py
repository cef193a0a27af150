"""Where a client's words go: danger first, then what the client asks for, then the open question, then the signals.

The only place that knows the order. Each dialogue knows only itself.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.alliance.effects import Answer, Ask, Chose, Forget, Keep, Say, Tell, Turn, Wrote
from bot.alliance.events import Event, Tap, Text, Thing
from bot.alliance.key import Key
from bot.alliance.people import Client, OpenQuestion, Programme
from bot.alliance.rating import Concern
from bot.alliance.signals import Recogniser, Seen, Severity, Signal
from bot.dialogues import check_in, danger, discouragement, enrolment, heard, language, nurse, pause, urgency
from bot.dialogues.intents import Intent, Phrasebook, bare, intent_in
from bot.dialogues.words import names, quoted


@dataclass(frozen=True)
class Listening:
    """What is needed to understand words: the recogniser, and the words of the intents in both languages."""

    recogniser: Recogniser
    phrasebook: Phrasebook


def respond(client: Client, question: OpenQuestion | None, event: Event, listening: Listening, now: datetime) -> Turn:
    """The turn that answers a client's event."""
    match event:
        case Text(text):
            seen = listening.recogniser.seen(text)
            if _is_plain(event, question, listening):
                seen = seen.by_phrases()  # a label or a command means what it says; nothing is read into it
            if seen.danger is not None:
                return danger.turn(client, seen.danger.concern, text, question, now, seen.danger)
            turn = _words(client, question, event, seen, listening, now)
            doubt = seen.doubtful is not None and client.programme not in (Programme.INVITED, Programme.DECLINED)
            return urgency.asked_after(client, turn, seen, text) if doubt else turn
        case Tap(None):
            return _stale(client, question)
        case Tap(choice) if choice is not None and question is not None:
            return _answered(client, question, Chose(choice), now) or ()
        case Thing(kind) if client.programme is not Programme.DECLINED:
            return heard.thing(client, kind)
        case Thing():
            return _declined(client)
    return ()


def _is_plain(event: Text, question: OpenQuestion | None, listening: Listening) -> bool:
    """Whether the text is a button's label, a command, or another word that stands for one."""
    if question is not None and isinstance(answer_in(event.text, question), Chose):
        return True
    return event.text.lstrip().startswith("/") or intent_in(event.text, listening.phrasebook) is not None


def _words(
    client: Client,
    question: OpenQuestion | None,
    event: Text,
    seen: Seen,
    listening: Listening,
    now: datetime,
) -> Turn:
    text, new = event.text, not event.edited and event.thing is None
    said = answer_in(text, question) if question is not None and new else Wrote(text)
    chosen = isinstance(said, Chose)
    answering = question is not None and question.open
    intent = intent_in(text, listening.phrasebook, answering=answering) if new and not chosen else None
    if client.programme is Programme.INVITED:
        return _enrolling(client, question, event, said, intent, seen, now)
    if intent is not None:
        return _asked_for(client, intent, now)
    if client.programme is Programme.DECLINED:
        if question is not None and chosen:
            return _answered(client, question, said, now) or _declined(client)
        if seen.is_sure_of(Concern.WANTS_NURSE):
            return nurse.begin(client, None, now)
        return _declined(client)
    if text.lstrip().startswith("/"):
        return (Say(client.id, Key("heard.unknown_command")),)
    if question is not None and new:
        turn = _answered(client, question, said, now)
        if turn is not None:
            return turn if chosen else _with_signals(client, question, turn, text, seen, now)
    if client.check_in is not None and new:
        # The question was lost from sight, by a change of language or a pause thought better of; a figure still counts.
        rating = check_in.rated_in_words(client, text, client.check_in.id, now)
        if rating is not None:
            return _with_signals(client, question, rating, text, seen, now)
    met = _met(client, text, seen.signals, now)
    if met is not None:
        return met
    return heard.words(client, text, edited=event.edited, thing=event.thing, question=question, seen=seen)


def _enrolling(
    client: Client,
    question: OpenQuestion | None,
    event: Text,
    said: Answer,
    intent: Intent | None,
    seen: Seen,
    now: datetime,
) -> Turn:
    """Before the first check-in is planned: the enrolment's own question, help, a nurse, or a no."""
    if question is None or intent is Intent.START:
        return enrolment.begin(client)
    wants_nurse = intent is Intent.NURSE or seen.is_sure_of(Concern.WANTS_NURSE)
    match intent:
        case Intent.HELP:
            return _asked_for(client, intent, now)
        case Intent.LANGUAGE:
            return enrolment.begin(client)
        case Intent.STOP:
            return enrolment.refused(client)
        case _ if wants_nurse:
            # Passed on at once; the enrolment's question stays where it is.
            return tuple(
                effect for effect in nurse.begin(client, event.text, now) if not isinstance(effect, Ask | Forget)
            )
    if event.text.lstrip().startswith("/"):
        return (Say(client.id, Key("heard.unknown_command")),)
    turn = None if event.edited or event.thing else _answered(client, question, said, now)
    if turn is not None:
        return turn
    return heard.words(client, event.text, edited=event.edited, thing=event.thing, question=question)


def _declined(client: Client) -> Turn:
    return (Say(client.id, Key("declined.reply"), {"emergency": client.help.emergency_line}),)


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
        case urgency.NAME:
            return urgency.answer(client, question, said, now) if isinstance(said, Chose) else None
    return None


def _with_signals(
    client: Client,
    question: OpenQuestion | None,
    turn: Turn,
    text: str,
    seen: Seen,
    now: datetime,
) -> Turn:
    """An answer that also says how the client is: what it records stands, and the client is met."""
    signals = seen.signals
    if question is not None and question.dialogue == discouragement.NAME:
        strong = next((signal for signal in signals if _is_strong(signal)), None)
        if strong is not None:
            passed_on = Tell(client.id, Concern.DISCOURAGEMENT, Severity.SOON, text, strong)
            return (*turn, passed_on, nurse.told(client, now))
    if question is not None and question.dialogue in (discouragement.NAME, nurse.NAME):
        # It is being met already, or on its way to a nurse.
        signals = tuple(signal for signal in signals if signal.concern is not Concern.DISCOURAGEMENT)
    met = _met(client, text, signals, now)
    if met is None:
        return turn
    recorded = tuple(effect for effect in turn if not isinstance(effect, Say | Ask | Forget))
    return (*recorded, Forget(), *met)


def _is_strong(signal: Signal) -> bool:
    return signal.concern is Concern.DISCOURAGEMENT and signal.severity is Severity.SOON and signal.sure


def _met(client: Client, text: str, signals: tuple[Signal, ...], now: datetime) -> Turn | None:
    for signal in (signal for signal in signals if signal.sure):
        match signal.concern:
            case Concern.WANTS_TO_STOP if client.programme is Programme.STOPPED:
                continue
            case Concern.WANTS_TO_STOP if signal.phrase is not None:
                return pause.stop(client, text, now, signal)
            case Concern.WANTS_TO_STOP:
                return pause.ask_whether_to_stop(client, text, signal)
            case Concern.WANTS_NURSE:
                return nurse.begin(client, text, now, signal)
            case Concern.RELAPSE:
                values = {"words": quoted(text), "emergency": client.help.emergency_line}
                return (
                    Keep("note", text),
                    Say(client.id, Key("relapse.met"), values),
                    Tell(client.id, Concern.RELAPSE, Severity.SOON, text, signal),
                    nurse.told(client, now),
                    Forget(),
                )
            case Concern.DISCOURAGEMENT:
                return discouragement.begin(client, text, signal.severity, now, signal)
    return None


def _asked_for(client: Client, intent: Intent, now: datetime) -> Turn:
    match intent:
        case Intent.HELP:
            values = {"who": names(client.nurses), **danger.safety_values(client)}
            return (Say(client.id, Key("help.client"), values, keyboard=client.programme is Programme.ACTIVE),)
        case Intent.LANGUAGE:
            return language.begin(client)
        case Intent.NURSE:
            return nurse.begin(client, None, now)
        case Intent.START | Intent.RESUME if not client.consented:
            return enrolment.ask_consent_again(client)
        case _ if client.programme is Programme.DECLINED:
            return _declined(client)
        case Intent.HARD:
            return discouragement.begin(client, None, Severity.NONE, now)
        case Intent.CHECK_IN:
            open_id = client.check_in.id if client.check_in else None
            return check_in.ask(client, open_id, planned=False)
        case Intent.STOP if client.programme is Programme.STOPPED:
            return (Say(client.id, Key("stop.already")),)
        case Intent.STOP:
            return pause.stop(client, None, now)
        case Intent.PAUSE if client.programme is Programme.ACTIVE:
            return pause.begin()
        case Intent.PAUSE:
            return (Say(client.id, Key("pause.already")),)
        case Intent.START if client.programme is Programme.ACTIVE:
            return (Say(client.id, Key("start.again"), {"who": names(client.nurses)}, keyboard=True),)
        case Intent.START:
            return (Say(client.id, Key("start.not_active"), keyboard=True),)
        case Intent.RESUME if client.programme is Programme.ACTIVE:
            return (Say(client.id, Key("resume.already"), keyboard=True),)
        case Intent.RESUME:
            return pause.resume(client, now)


def _stale(client: Client, question: OpenQuestion | None) -> Turn:
    """A button of an earlier question: said kindly; the open question, if any, is asked again by the shell."""
    if question is None:
        return (Say(client.id, Key("stale.nothing_open")),)
    return (Say(client.id, Key("stale.question_open")),)
