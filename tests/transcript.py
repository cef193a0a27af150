"""Transcripts: how a chat is written down, read, and held against what was said. Knows nothing of the bot.

A transcript is a text file. Its first lines say what is shown, in which language, and when it begins; then come

    Marc> je n'en peux plus          what a person writes
    Marc taps [Pareil]               a button, by its label (the newest message that has it; "old" takes the oldest)
    Marc edits> …                    his last message, changed
    Marc sends voice                 anything that is not words ("Marc sends photo: caption")
    Marc< Bonjour…                   what the bot says to him; "…" stands for any words; further lines are indented
        [Mieux] [Moins bien]         its buttons; "[…]" for any
    -- 2 h --                        time passes (s, min, h, days; "until Tuesday 09:00")
    -- Amélie blocks the bot --      faults and events, see ``Town.happens``

Whatever the bot says that is not written there fails the test.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.demo.pretend_telegram import Message

ZONE = ZoneInfo("America/Toronto")
FACTS = {"language", "start", "enrolled", "objective", "reason", "ratings", "days"}


@dataclass
class Line:
    """One line of a transcript: an action, or what the bot says. buttons: rows joined; None when none are written."""

    number: int
    what: str
    who: str
    words: str
    buttons: list[str] | None = None
    raw: list[str] = field(default_factory=list)


@dataclass
class Transcript:
    """title; language; start: local; enrolled: whether Marc has begun already; facts: extra header lines."""

    title: str
    language: str
    start: datetime
    enrolled: bool
    facts: dict[str, str]
    lines: list[Line]


_SAID = re.compile(r"^(?P<who>[^\s<>\[\]]+)< (?P<words>.*)$")
_WROTE = re.compile(r"^(?P<who>[^\s<>\[\]]+)(?P<edits> edits)?> (?P<words>.*)$")
_TAPS = re.compile(r"^(?P<who>\S+) taps (?P<old>old )?\[(?P<words>.*)\]$")
_SENDS = re.compile(r"^(?P<who>\S+) sends (?P<kind>\w+)(?:: (?P<words>.*))?$")
_EVENT = re.compile(r"^-- (?P<words>.*) --$")


def read(text: str) -> Transcript:
    """Take a transcript apart. Raises ValueError with the line's number for a line that is none."""
    title = ""
    facts: dict[str, str] = {}
    lines: list[Line] = []
    for number, raw in enumerate(text.splitlines(), 1):
        if not raw.strip():
            continue
        if raw.startswith("#"):
            name, colon, value = raw[1:].partition(":")
            if colon and name.strip() in FACTS:
                facts[name.strip()] = value.strip()
            else:
                title = title or raw[1:].strip()
            continue
        if raw.startswith("    "):
            if not lines or lines[-1].what != "said":
                raise ValueError(f"line {number}: goes on, but nothing was said")
            _continue(lines[-1], raw)
            continue
        lines.append(_line(number, raw.rstrip()))
    start = datetime.fromisoformat(facts.get("start", "2026-11-02 09:00")).replace(tzinfo=ZONE)
    return Transcript(title, facts.get("language", "fr"), start, facts.get("enrolled") == "yes", facts, lines)


def _line(number: int, raw: str) -> Line:
    if match := _SAID.match(raw):
        return Line(number, "said", match["who"], match["words"], raw=[raw])
    if match := _WROTE.match(raw):
        return Line(number, "edits" if match["edits"] else "wrote", match["who"], match["words"], raw=[raw])
    if match := _TAPS.match(raw):
        return Line(number, "taps_old" if match["old"] else "taps", match["who"], match["words"], raw=[raw])
    if match := _SENDS.match(raw):
        return Line(number, "sends:" + match["kind"], match["who"], match["words"] or "", raw=[raw])
    if match := _EVENT.match(raw):
        return Line(number, "happens", "", match["words"], raw=[raw])
    raise ValueError(f"line {number}: not a line of a transcript: {raw!r}")


def _continue(line: Line, raw: str) -> None:
    line.raw.append(raw.rstrip())
    words = raw.strip()
    if words.startswith("[") and words.endswith("]"):
        line.buttons = (line.buttons or []) + re.findall(r"\[([^\]]*)\]", words)
    else:
        line.words += "\n" + words


def plain(words: str) -> str:
    """Words without the fine points of typography, so that transcripts can be typed on any keyboard."""
    return re.sub(r"[\u00a0\u202f ]+", " ", words.replace("’", "'")).strip()


def said_as_written(message: Message, line: Line) -> bool:
    """Whether a message is what a line says."""
    pattern = ".*".join(re.escape(plain(part)) for part in line.words.split("…"))
    labels = [plain(button.text) for row in message.buttons for button in row]
    if line.buttons is None:
        fits = not labels
    else:
        fits = line.buttons == ["…"] or [plain(label) for label in line.buttons] == labels
    return fits and re.fullmatch(pattern, plain_lines(message.text), re.DOTALL) is not None


def plain_lines(text: str) -> str:
    return "\n".join(plain(line) for line in text.splitlines() if line.strip())


def shown(name: str, message: Message) -> str:
    """A message as a transcript writes it."""
    text = re.sub(r"start=[\w-]+", "start=…", plain_lines(message.text))
    first, *rest = text.split("\n")
    lines = [f"{name}< {first}", *(f"    {line}" for line in rest if line)]
    if message.buttons:
        lines.append("    " + " ".join(f"[{plain(button.text)}]" for row in message.buttons for button in row))
    return "\n".join(lines)


def steps(lines: list[Line]) -> list[tuple[Line, list[Line]]]:
    """Each action with what is said after it."""
    found: list[tuple[Line, list[Line]]] = []
    for line in lines:
        if line.what == "said":
            assert found, f"line {line.number}: the bot speaks before anything happened"
            found[-1][1].append(line)
        else:
            found.append((line, []))
    return found
