"""A two-minute story that plays itself: enrolment, a hard check-in, an alert, a night, and what follows.

Plays with the gestures of people only, as anybody at the page does, so somebody may join in: a button that is gone is
typed instead, and a step that has happened already is passed over. Refuses to know how the bot decides.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from bot.alliance.key import Key
from bot.demo.pretend_telegram import Message
from bot.demo.street import Caption, Street
from bot.notification.escalation import URGENT_DEADLINE
from bot.text import text

LOOK = 1.2
"""Seconds of real time before a button is tapped."""
TYPE = 2.2
"""Seconds before a line is sent, as if it were being written."""
READ = 4.0
"""Seconds for a caption and what arrived beneath it."""
READ_LONG = 6.5
"""Seconds where there is more to read, or where it should weigh."""
LAST_CAPTION = 10.0
QUESTIONS_AT_MOST = 12
HARD_DAY = timedelta(days=2)
EVENING = time(22, 40)
MORNING = time(9, 5)


class _Over(Exception):
    """This story cannot go on: somebody began the town anew, or the client said no."""


async def play(street: Street, pace: float = 1.0) -> None:
    """Play the story once. pace: how much of each pause is kept; 0 plays without any. Ends quietly, whatever happens.

    Captions are left on the street, for the page to show.
    """
    await Story(street, pace).play()


class Story:
    """One playing of the story. seconds: of pauses so far at a pace of 1."""

    def __init__(self, street: Street, pace: float = 1.0) -> None:
        self.street, self.pace = street, pace
        self.telegram, self.language = street.telegram, street.language
        self.client, self.nurse, self.other, self.coordinator = (person.chat_id for person in street.people())
        self.seconds = 0.0

    async def play(self) -> None:
        try:
            for beat in (self._enrolment, self._check_in, self._alert, self._hard_moment, self._night, self._morning):
                await beat()
            await self.caption("end", self.client, LAST_CAPTION)
        except _Over:
            return
        finally:
            self._show(None)

    async def _enrolment(self) -> None:
        await self.caption("link", self.client, READ)
        invitation = self.street.people()[0].invitation
        if invitation and not self.telegram.chats[self.client].messages:
            await self._say(self.client, invitation)
        await self.caption("enrol", self.client, READ)
        unsaid = ["why", "objective"]
        for _ in range(QUESTIONS_AT_MOST):
            asked = self._newest(self.client, lambda data: data.startswith("q:"))
            if asked is None or self.telegram.chats[self.client].keyboard:
                break
            message, first = asked
            if not first.endswith(":skip") or not unsaid:
                await self._tap(self.client, message, first)
                continue
            if len(unsaid) == 2:
                await self.caption("words", self.client, LOOK)
            await self._say(self.client, self._said(unsaid.pop()))
        if not self.telegram.chats[self.client].keyboard:
            raise _Over
        await self._wait(READ)

    async def _check_in(self) -> None:
        await self._move(None)
        await self.caption("check_in", self.client, READ)
        await self._choose(self.client, "worse", Key("check_in.worse"))
        await self._choose(self.client, "6", Key("rating.6"))
        await self.caption("six", self.client, READ)
        await self._say(self.client, self._said("weighs"))
        await self._wait(LOOK)

    async def _alert(self) -> None:
        await self.caption("page", self.nurse, READ)
        await self._press(self.nurse, "ok:", "", "/ok")
        await self.caption("taken", self.nurse, READ_LONG)
        await self._press(self.nurse, "out:", ":reached", self._closing())
        await self.caption("outcome", self.nurse, READ)

    async def _hard_moment(self) -> None:
        await self._move(HARD_DAY)
        await self.caption("hard", self.client, READ)
        await self._say(self.client, text(Key("keyboard.hard"), self.language))
        await self.caption("reason", self.client, READ_LONG)
        await self._choose(self.client, "leave", Key("hard.leave"))
        await self._wait(READ)

    async def _night(self) -> None:
        await self._move_to(EVENING)
        await self.caption("night", self.client, LOOK)
        await self._say(self.client, self._said("cannot_wait"))
        await self.caption("both", self.nurse, READ_LONG)
        await self._move(URGENT_DEADLINE + timedelta(seconds=1))
        await self.caption("nobody", self.coordinator, READ_LONG)
        await self._press(self.other, "ok:", "", "/ok")
        await self.caption("other", self.other, READ_LONG)
        await self._press(self.other, "out:", ":reached", self._closing())
        await self.caption("reached", self.other, READ)

    async def _morning(self) -> None:
        await self._move_to(MORNING)
        await self.caption("next_day", self.client, READ_LONG)

    # What people do

    async def _choose(self, chat_id: int, choice: str, label: Key) -> None:
        """Tap an answer of the newest question that offers it, or type it."""
        await self._press(chat_id, "q:", f":{choice}", text(label, self.language))

    async def _press(self, chat_id: int, begins: str, ends: str, typed: str) -> None:
        found = self._newest(chat_id, lambda data: data.startswith(begins) and data.endswith(ends))
        if found is None:
            await self._say(chat_id, typed)
        else:
            await self._tap(chat_id, *found)

    async def _tap(self, chat_id: int, message: Message, data: str) -> None:
        await self._wait(LOOK)
        with suppress(ValueError):  # the button has gone meanwhile, or the chat is blocked
            self.telegram.tap(chat_id, message.id, data)
        await self._settle()

    async def _say(self, chat_id: int, words: str) -> None:
        await self._wait(TYPE)
        with suppress(ValueError):
            self.telegram.say(chat_id, words)
        await self._settle()

    def _newest(self, chat_id: int, fits: Callable[[str], bool]) -> tuple[Message, str] | None:
        """The newest message with a button whose data fits, and that data."""
        for message in reversed(self.telegram.chats[chat_id].messages):
            for row in message.buttons:
                for button in row:
                    if fits(button.data):
                        return message, button.data
        return None

    def _said(self, name: str) -> str:
        return text(_SAID[name], self.language)

    def _closing(self) -> str:
        command = {"fr": "/fin", "en": "/done"}[self.language]
        return f"{command} {text(Key('outcome.reached'), self.language)}"

    # Time and captions

    async def _move(self, by: timedelta | None) -> None:
        self._here()
        await self.street.move(by)

    async def _move_to(self, at: time) -> None:
        """To the next time that the clocks of the town show this hour."""
        now = self.street.now().astimezone(ZoneInfo(self.street.timezone))
        then = now.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
        await self._move(then - now if then > now else then + timedelta(days=1) - now)

    async def _settle(self) -> None:
        self._here()
        await self.street.settle()

    async def _wait(self, seconds: float) -> None:
        self.seconds += seconds
        await asyncio.sleep(seconds * self.pace)
        while self.telegram.down and self.street.telegram is self.telegram:
            await self.telegram.changed(self.telegram.version)  # nobody taps on a phone that has no connection
        self._here()

    def _here(self) -> None:
        if self.street.telegram is not self.telegram:
            raise _Over

    async def caption(self, name: str, chat_id: int, seconds: float) -> None:
        """Show a caption, pointing at a phone, and leave time to read it."""
        self._here()
        self._show(Caption(_CAPTIONS[name], chat_id))
        await self._wait(seconds)

    def _show(self, caption: Caption | None) -> None:
        self.street.caption = caption
        self.street.telegram.touch()


_CAPTIONS = {
    "link": Key("demo.story.link"),
    "enrol": Key("demo.story.enrol"),
    "words": Key("demo.story.words"),
    "check_in": Key("demo.story.check_in"),
    "six": Key("demo.story.six"),
    "page": Key("demo.story.page"),
    "taken": Key("demo.story.taken"),
    "outcome": Key("demo.story.outcome"),
    "hard": Key("demo.story.hard"),
    "reason": Key("demo.story.reason"),
    "night": Key("demo.story.night"),
    "both": Key("demo.story.both"),
    "nobody": Key("demo.story.nobody"),
    "other": Key("demo.story.other"),
    "reached": Key("demo.story.reached"),
    "next_day": Key("demo.story.next_day"),
    "end": Key("demo.story.end"),
}
_SAID = {
    "objective": Key("demo.story.said.objective"),
    "why": Key("demo.story.said.why"),
    "weighs": Key("demo.story.said.weighs"),
    "cannot_wait": Key("demo.story.said.cannot_wait"),
}
