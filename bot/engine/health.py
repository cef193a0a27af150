"""What the process knows of its own state, said aloud on ``/healthz`` and in the log. No content, no ids."""

import logging
from dataclasses import dataclass, field
from datetime import datetime

log = logging.getLogger(__name__)


@dataclass
class Health:
    """troubles: part of the process → what is wrong with it, in words, empty when all is well."""

    polled_at: datetime | None = None
    ticked_at: datetime | None = None
    troubles: dict[str, str] = field(default_factory=dict)

    def trouble(self, part: str, what: str) -> None:
        """Note a trouble; logged when it begins or changes, not at every repetition."""
        if self.troubles.get(part) != what:
            log.error("%s: %s", part, what)
        self.troubles[part] = what

    def well(self, part: str) -> None:
        """The trouble of a part is over."""
        if self.troubles.pop(part, None) is not None:
            log.info("%s: well again", part)
