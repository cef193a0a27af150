"""The name of a sentence in the catalogues. Decides nothing else; the sentence itself lives in ``messages/``.

Every sentence that a person reads is named by ``Key("literal")`` in the code, so that the catalogues can be held
against the code (`alliance messages`) and the type checker refuses a name that was put together at run time.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Union


class Key(str):
    """A symbolic catalogue key such as ``Key("check_in.ask")``."""

    __slots__ = ()


Value = Union[str, int, date, time, datetime, Key, "Phrase", Sequence["Value"]]
"""What may stand in a sentence: rendered in the reader's language by ``bot.text`` and by nothing else."""


class Phrase:
    """A sentence part with its own values, to be rendered inside another sentence."""

    __slots__ = ("key", "values")

    def __init__(self, key: Key, **values: Value) -> None:
        self.key = key
        self.values: Mapping[str, Value] = values

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Phrase) and (self.key, self.values) == (other.key, other.values)

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return f"Phrase({self.key!r}, {dict(self.values)!r})"
