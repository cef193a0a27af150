"""``alliance signals``: what messages signal, one JSON line each, and the explanation of one text.

Reads no database and needs no setting; a phrase that a coordinator added is tried in the chat (/essai).
"""

import json
from collections.abc import Iterable, Iterator

from bot.alliance.signals import Seen, Severity
from bot.text import recogniser

SEVERITY = {Severity.NONE: "none", Severity.SOON: "soon", Severity.URGENT: "urgent"}


def read_lines(lines: Iterable[bytes]) -> Iterator[tuple[str, bool]]:
    """For each line ``{"id", "text", "lang"}``: ``{"id", "signals": [concern, …], "severity"}`` and True.

    lang: for the reader; both languages are always tried. A line that is no such object is answered with its number
    and an error, and False; the others are not held up.
    """
    reader = recogniser()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
            seen = reader.seen(_text(asked))
        except (ValueError, RecursionError) as error:
            problem = str(error) if isinstance(error, _NoMessage) else "no JSON"
            yield json.dumps({"line": number, "error": problem}), False
            continue
        yield json.dumps(_answer(asked["id"], seen)), True


class _NoMessage(ValueError):
    """JSON, but not a message."""


def _text(asked: object) -> str:
    if not isinstance(asked, dict) or "id" not in asked or not isinstance(asked.get("text"), str):
        raise _NoMessage("needs an id, and a text that is a string")
    return str(asked["text"])


def _answer(identifier: object, seen: Seen) -> dict[str, object]:
    concerns = [str(signal.concern) for signal in seen.signals]
    return {"id": identifier, "signals": concerns, "severity": SEVERITY[seen.severity]}


def explained(text: str) -> list[str]:
    """How a text is read, line by line."""
    reader = recogniser()
    seen = reader.seen(text)
    lines = [f"read as: {' '.join(reader.words(text))}", f"severity: {SEVERITY[seen.severity]}"]
    for signal in seen.signals:
        why = f"phrase {signal.phrase!r}" if signal.phrase is not None else "words, weighed together"
        lines.append(f"{signal.concern} ({SEVERITY[signal.severity]}): {why}, in: {signal.words}")
        lines += [f"    {weight:+.2f}  {feature}" for feature, weight in reader.weighing(text, signal.concern)]
    if seen.doubtful is not None:
        lines.append(f"doubtful: {seen.doubtful} cannot be excluded; the client is asked whether it is urgent")
    if not seen.signals:
        lines.append("no signal")
    return lines
