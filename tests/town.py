"""A small town: the whole bot plus named people, on real SQLite and real HTTP. Plays transcripts.

Time moves only by a line. Messages to one person keep their order; between people the order is free within a step.
``python -m tests.town FILE`` writes down what the bot says now, to be read and judged by a person.
"""

import asyncio
import re
import sys
import tempfile
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import func, select

from bot.alliance.consent import CONSENT_VERSION
from bot.alliance.people import Programme, Role
from bot.alliance.schedule import next_slot
from bot.app import App
from bot.coordination.invitations import invite
from bot.coordination.pairs import set_pair
from bot.demo.pretend_telegram import Message, PretendTelegram
from bot.engine.apply import apply
from bot.settings import Settings
from bot.store.queries import schedule_of
from bot.store.tables import Care, FailedUpdate, Question, Rating, Words
from tests.transcript import ZONE, Line, Transcript, plain, read, said_as_written, shown, steps

SECRET = "the-town-has-no-secrets"
PEOPLE = {
    "Marc": (101, Role.CLIENT),
    "Amélie": (201, Role.NURSE),
    "Karim": (202, Role.NURSE),
    "Dominique": (301, Role.COORDINATOR),
}
STRANGER = ("Inconnu", 900)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "day": "days", "days": "days"}


class SetClock:
    """A clock that stands until it is set."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


class Town:
    """The bot on real SQLite and real HTTP, driven by hand: no loop runs, so nothing happens between two lines."""

    def __init__(self, folder: Path, language: str = "fr", start: datetime | None = None) -> None:
        self.language = language
        self.clock = SetClock((start or datetime(2026, 11, 2, 9, tzinfo=ZONE)).astimezone(UTC))
        self.telegram = PretendTelegram(self.clock.now, token="42:TOWN")
        self.folder = folder
        self.invitations: dict[str, str] = {}
        self.ids: dict[str, int] = {}
        self._seen: dict[int, int] = {}
        self.replaced: dict[str, str] = {}

    async def open(self) -> None:
        """Four people; the carers have come, the client is invited."""
        root = await self.telegram.serve()
        self.settings = Settings(
            bot_token="42:TOWN",
            secret_keys=(SECRET,),
            database_url=f"sqlite+aiosqlite:///{self.folder / 'town.db'}",
            telegram_api_url=root,
            language=self.language,
            send_rate=10_000.0,
            chat_rate=1_000.0,
        )
        for name, (chat_id, _) in PEOPLE.items():
            self.telegram.join(chat_id, name, self.language)
        self.telegram.join(STRANGER[1], STRANGER[0], self.language)
        await self._start()
        async with self.app.database.begin() as session:
            people = {}
            for name, (_, role) in PEOPLE.items():
                people[name], token = await invite(
                    session,
                    role,
                    name,
                    language=self.language,
                    timezone=ZONE.key,
                    region="CA-QC",
                    secret=SECRET,
                    now=self.clock.now(),
                )
                self.ids[name] = people[name].id
                self.invitations[name] = f"/start {token}"
            turn = await set_pair(
                session, people["Marc"], self.ids["Amélie"], self.ids["Karim"], self.clock.now(), None
            )
            await apply(session, people["Marc"], turn, self.clock.now())
        for name in ("Amélie", "Karim", "Dominique"):
            self.telegram.say(PEOPLE[name][0], self.invitations[name])
        await self.settle()
        self.unread()

    async def close(self) -> None:
        await self.app.stop()
        await self.telegram.close()

    async def _start(self) -> None:
        self.app = App(self.settings, self.clock, long_poll=0)
        await self.app.open()
        self.app.receiver.bot_name = await self.app.telegram.me()
        await self.app.sender.recover()

    async def restart(self) -> None:
        """The process ends and another begins on the same database."""
        await self.app.stop()
        await self._start()

    async def enrol(self, transcript: Transcript) -> None:
        """Marc has begun two weeks ago, without the conversation being played: Tuesdays at nine."""
        self.telegram.say(101, self.invitations["Marc"])
        await self.settle()
        facts, now = transcript.facts, self.clock.now()
        async with self.app.database.begin() as session:
            care = await session.get_one(Care, self.ids["Marc"])
            care.programme, care.consent_version, care.consented_at = Programme.ACTIVE, CONSENT_VERSION, now
            care.started_on = (now - timedelta(days=14)).astimezone(ZONE).date()
            care.days, care.at, care.anchor = facts.get("days", "1"), time(9), date(2026, 10, 1)
            for what in ("objective", "reason"):
                if what in facts:
                    session.add(Words(client_id=care.client_id, what=what, text=facts[what], written_at=now))
            for value in facts.get("ratings", "").split():
                session.add(
                    Rating(
                        client_id=care.client_id,
                        value=int(value),
                        since=care.started_on,
                        rated_at=now - timedelta(days=7),
                    )
                )
            care.next_check_in_at = next_slot(schedule_of(care), ZONE, now)
            question = await session.get_one(Question, care.client_id)
            question.dialogue = question.step = None
        self.unread()

    async def settle(self) -> None:
        """Handle every update and send every message that may leave now."""
        for _ in range(60):
            raws = await self.app.telegram.updates(self.app.receiver.offset, 0) if not self.telegram.down else []
            await self.app.receiver.take(raws)
            await self.app.receiver.settled()
            while not self.telegram.down and await self.app.waiting():
                if await self.app.sender.step() > 0.5:
                    break
                await self.app.sender.drained()
            if not raws:
                return
        raise AssertionError("the town does not come to rest")

    async def move_to(self, moment: datetime) -> None:
        """Let time pass; everything due on the way happens at its own instant."""
        for _ in range(2_000):
            due = await self.app.next_due_at()
            if due is None or due[0] > moment:
                break
            before = due
            self.clock.moment = max(self.clock.moment, due[0])
            await self.app.tick()
            await self.settle()
            if await self.app.next_due_at() == before:
                break
        self.clock.moment = max(self.clock.moment, moment)
        await self.app.tick()
        await self.settle()

    def unread(self) -> dict[int, list[Message]]:
        """What the bot said since this was last asked, by chat."""
        fresh: dict[int, list[Message]] = {}
        for chat_id, chat in self.telegram.chats.items():
            newest = max((message.id for message in chat.messages), default=0)
            found = [m for m in chat.messages if m.from_bot and m.id > self._seen.get(chat_id, 0)]
            self._seen[chat_id] = newest
            if found:
                fresh[chat_id] = found
        return fresh

    async def do(self, line: Line) -> None:
        """Carry out one action."""
        if line.what == "happens":
            await self.happens(line.words)
            return
        chat_id = STRANGER[1] if line.who == STRANGER[0] else PEOPLE[line.who][0]
        words = line.words.replace("\\n", "\n")
        if line.what == "wrote":
            self.telegram.say(chat_id, self._spoken(words))
        elif line.what == "edits":
            own = [message for message in self.telegram.chats[chat_id].messages if not message.from_bot]
            self.telegram.edit(chat_id, own[-1].id, words)
        elif line.what.startswith("taps"):
            self._tap(chat_id, words, oldest=line.what == "taps_old", where=line.number)
        else:
            self.telegram.send(chat_id, line.what.partition(":")[2], words or None)
        await self.settle()

    def _spoken(self, words: str) -> str:
        """``/start <Marc>`` stands for Marc's own link; ``{4096}`` for so many letters."""
        for name, payload in self.invitations.items():
            words = words.replace(f"/start <{name}>", payload)
        return re.sub(r"\{(\d+)\}", lambda match: "a" * int(match[1]), words)

    def _tap(self, chat_id: int, label: str, *, oldest: bool, where: int) -> None:
        """The newest message that shows the button now, or the oldest that ever did."""
        wanted = plain(label)
        if oldest:
            data, message_id = self.replaced[f"{chat_id}:{wanted}"].split("|", 1)
            self.telegram.tap(chat_id, int(data), message_id, stale=True)
            return
        for message in reversed(self.telegram.chats[chat_id].messages):
            for row in message.buttons:
                for button in row:
                    if plain(button.text) == wanted:
                        self.replaced.setdefault(f"{chat_id}:{wanted}", f"{message.id}|{button.data}")
                        self.telegram.tap(chat_id, message.id, button.data)
                        return
        raise AssertionError(f"line {where}: no button [{label}] is to be seen")

    async def happens(self, words: str) -> None:
        """Time, faults, restarts."""
        if match := re.fullmatch(r"(\d+) (s|min|h|days?)", words):
            await self.move_to(self.clock.now() + timedelta(**{_UNITS[match[2]]: int(match[1])}))
        elif match := re.fullmatch(r"until (?:(\w+) )?(\d\d):(\d\d)", words):
            local = self.clock.now().astimezone(ZONE)
            day = local.date()
            wanted = time(int(match[2]), int(match[3]))
            if match[1]:
                day += timedelta(days=(_WEEKDAYS.index(match[1]) - day.weekday()) % 7)
            if datetime.combine(day, wanted, ZONE) <= local:
                day += timedelta(days=7 if match[1] else 1)
            await self.move_to(datetime.combine(day, wanted, ZONE).astimezone(UTC))
        elif match := re.fullmatch(r"(\S+) (blocks|unblocks) the bot", words):
            (self.telegram.block if match[2] == "blocks" else self.telegram.unblock)(PEOPLE[match[1]][0])
            await self.settle()
        elif match := re.fullmatch(r"(\S+) is gone", words):
            self.telegram.chats[PEOPLE[match[1]][0]].blocked = True  # without a word: only a sending shows it
        elif words == "the bot is restarted":
            await self.restart()
            await self.settle()
        elif words in ("Telegram is down", "Telegram is back"):
            self.telegram.down = words.endswith("down")
            if not self.telegram.down:
                self.app.sender.sent.held_until = 0.0
                await self.settle()
        elif words == "the bot is away":
            return
        else:
            raise ValueError(f"nothing is known of {words!r}")

    def has_keyboard(self, name: str) -> list[list[str]]:
        """The permanent keyboard of a phone."""
        return self.telegram.chats[PEOPLE[name][0]].keyboard or []


def name_of(chat_id: int) -> str:
    return next((name for name, (chat, _) in PEOPLE.items() if chat == chat_id), STRANGER[0])


async def play(name: str, text: str, folder: Path) -> None:
    """Play a transcript. Raises AssertionError with what was said instead."""
    transcript = read(text)
    town = Town(folder, transcript.language, transcript.start)
    await town.open()
    try:
        if transcript.enrolled:
            await town.enrol(transcript)
        for action, expected in steps(transcript.lines):
            await town.do(action)
            _compare(name, action, expected, town.unread())
        assert not await _unhandled(town), "an update was put into quarantine"
    finally:
        await town.close()


async def _unhandled(town: Town) -> int:
    async with town.app.database.begin() as session:
        return await session.scalar(select(func.count()).select_from(FailedUpdate)) or 0


def _compare(where: str, action: Line, expected: list[Line], said: dict[int, list[Message]]) -> None:
    for chat_id in {*said, *(STRANGER[1] if e.who == STRANGER[0] else PEOPLE[e.who][0] for e in expected)}:
        name = name_of(chat_id)
        lines = [line for line in expected if line.who == name]
        messages = said.get(chat_id, [])
        fits = len(lines) == len(messages) and all(map(said_as_written, messages, lines))
        if not fits:
            wanted = "\n".join("\n".join(line.raw) for line in lines) or "(nothing)"
            got = "\n".join(shown(name, message) for message in messages) or "(nothing)"
            raise AssertionError(
                f"{where}:{action.number}: after {action.raw[0]!r}\n--- written\n{wanted}\n--- said\n{got}"
            )


async def record(text: str) -> str:
    """The transcript with what the bot says now, for a person to read and judge."""
    transcript = read(text)
    out = [line for line in text.splitlines() if line.startswith("#")]
    with tempfile.TemporaryDirectory() as folder:
        town = Town(Path(folder), transcript.language, transcript.start)
        await town.open()
        try:
            if transcript.enrolled:
                await town.enrol(transcript)
            for action, _ in steps(transcript.lines):
                out += ["", action.raw[0]]
                try:
                    await town.do(action)
                except AssertionError as error:
                    out.append(f"!! {error}")
                    break
                for chat_id, messages in sorted(town.unread().items()):
                    out += [shown(name_of(chat_id), message) for message in messages]
        finally:
            await town.close()
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    for name in sys.argv[1:]:
        file = Path(name)
        file.write_text(asyncio.run(record(file.read_text(encoding="utf-8"))), encoding="utf-8")
