"""The catalogues held against the code: same keys everywhere, same placeholders, nothing empty, plural forms right.

Keys are found in the code by Babel, as the arguments of ``Key(…)``. Updating adds what is missing, untranslated, and
takes out what nothing uses; it never writes a sentence.
"""

import re
import string
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from bot.text import LANGUAGES, catalogue, path_of, read_catalogue

_LINE = re.compile(r'\s*|#.*|((msgctxt|msgid|msgid_plural|msgstr(\[\d\])?) )?"([^"\\]|\\.)*"')
"""A well-formed line of a PO file. Babel takes a sentence without its closing quote, less its last letter."""

Entry = tuple[str, str | None]
"""A key and its context: None, or "tu" for the familiar form."""


def used_keys() -> frozenset[str]:
    """Every key that the code names."""
    found = extract_from_dir(
        Path(__file__).parent, method_map=[("**.py", "python")], keywords={"Key": None}, comment_tags=()
    )
    return frozenset(message for _, _, message, _, _ in found if isinstance(message, str) and "." in message)


def entries(book: Catalog) -> dict[Entry, Message]:
    """Key and context → message, without the header."""
    return {(name_of(message), message.context): message for message in book if message.id}


def name_of(message: Message) -> str:
    """The key of a message, also of one with plural forms."""
    return message.id if isinstance(message.id, str) else message.id[0]


def placeholders(sentence: str) -> frozenset[str]:
    """The names in braces. Raises ValueError for a broken brace."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None)


def forms(message: Message) -> tuple[str, ...]:
    """Every wording of a message."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def check(folder: Path | None = None) -> list[str]:
    """What is wrong, one line each; empty when all is well. folder: of the catalogues, by default those in use."""
    used = used_keys()
    books: dict[str, dict[Entry, Message]] = {}
    plurals: dict[str, int] = {}
    findings: list[str] = []
    for language in LANGUAGES:
        try:
            catalog = read_catalogue(language, folder)
        except Exception as error:
            findings.append(f"{language}: the catalogue cannot be read: {' '.join(str(error).split())}")
        else:
            books[language], plurals[language] = entries(catalog), catalog.num_plurals
            lines = path_of(language, folder).read_text(encoding="utf-8").splitlines()
            findings += [
                f"{language}: line {n} is malformed" for n, line in enumerate(lines, 1) if not _LINE.fullmatch(line)
            ]
    for language, book in books.items():
        plain = {key for key, context in book if context is None}
        findings += [f"{language}: {key} is missing" for key in sorted(used - plain)]
        findings += [f"{language}: {key} is used nowhere" for key in sorted(plain - used)]
        for (key, context), message in sorted(book.items(), key=lambda item: (item[0][0], item[0][1] or "")):
            findings += _findings(language, key, context, message, books, plurals[language])
    return findings


def _findings(
    language: str,
    key: str,
    context: str | None,
    message: Message,
    books: dict[str, dict[Entry, Message]],
    plurals: int,
) -> list[str]:
    where = f"{language}: {key}" + (f" ({context})" if context else "")
    wordings = forms(message)
    if not all(wording.strip() for wording in wordings):
        return [f"{where} is empty"]
    try:
        names = [placeholders(wording) for wording in wordings]
    except ValueError:
        return [f"{where} has a broken brace"]
    findings: list[str] = []
    if isinstance(message.id, str) != isinstance(message.string, str):
        findings.append(f"{where} has plural forms in one place only")
    elif not isinstance(message.string, str) and len(wordings) != plurals:
        findings.append(f"{where} has {len(wordings)} plural forms, not {plurals}")
    if any("}" in name or not name.isidentifier() for found in names for name in found):
        findings.append(f"{where} has a malformed placeholder")
    if context not in (None, "tu"):
        findings.append(f"{where} has an unknown context")
    for other, book in books.items():
        twin = book.get((key, None))
        if twin is None or (other == language and context is None):
            continue
        try:
            theirs = frozenset().union(*(placeholders(wording) for wording in forms(twin)))
        except ValueError:
            continue  # said where that one is looked at
        if isinstance(message.id, str) != isinstance(twin.id, str):
            findings.append(f"{where} and {other}: {key}: only one of them has plural forms")
        if frozenset().union(*names) != theirs:
            findings.append(f"{where} and {other}: {key} have other placeholders")
    return findings


def update() -> list[str]:
    """Bring both files in line with the code; gives what is left for a person to write."""
    used = used_keys()
    for language in LANGUAGES:
        book = catalogue(language)
        kept = {(name_of(message), message.context): message for message in book if message.id}
        for key, context in kept:
            if key not in used:
                book.delete(kept[key, context].id, context)
        for key in used:
            if (key, None) not in kept:
                book.add(key, "")
        write(book, language)
    catalogue.cache_clear()
    return check()


def write(book: Catalog, language: str) -> None:
    """Write one catalogue, its keys in order."""
    with path_of(language).open("wb") as file:
        write_po(file, book, width=100, sort_output=True)
