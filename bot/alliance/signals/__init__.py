"""What a client's words signal: text in, signals and a severity out, with the words in which each was seen.

spelling → plain words; lexicon and phrases → what a coordinator can read and mend; concepts and weights → what was
learned from labelled sentences; recogniser → both together. Pure: given the same tables, always the same answer.
"""

from bot.alliance.signals.recogniser import Recogniser
from bot.alliance.signals.signal import URGENT_CONCERNS, Seen, Severity, Signal
from bot.alliance.signals.spelling import normalise

__all__ = ["URGENT_CONCERNS", "Recogniser", "Seen", "Severity", "Signal", "normalise"]
