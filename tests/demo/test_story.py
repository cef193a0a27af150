"""The story that plays by itself: its beats in both languages, and people who join in while it plays."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.alliance.key import Key
from bot.demo.page_hint import Tried
from bot.demo.page_state import page_state
from bot.demo.story import Story, play
from bot.demo.street import Street
from bot.text import text
from tests.demo.chromium import CLIENT, COORDINATOR, NURSE, OTHER

LANGUAGES = ("fr", "en")
BEATS = "link enrol words check_in six page taken outcome hard reason night both nobody other reached next_day end"


@asynccontextmanager
async def street(folder: Path, language: str) -> AsyncIterator[Street]:
    street = Street(language, folder)
    await street.open()
    try:
        yield street
    finally:
        await street.close()


class Interrupted(Story):
    """A story in which something happens as soon as a caption is shown; remembers every caption."""

    def __init__(self, street: Street, meanwhile: dict[str, Callable[[], Awaitable[None]]] | None = None) -> None:
        super().__init__(street, pace=0)
        self.meanwhile = meanwhile or {}
        self.captions: list[str] = []
        self.heard: dict[str, dict[int, int]] = {}

    async def caption(self, name: str, chat_id: int, seconds: float) -> None:
        await super().caption(name, chat_id, seconds)
        self.captions.append(name)
        self.heard[name] = {chat: len(said(self.street, chat)) for chat in (CLIENT, NURSE, OTHER, COORDINATOR)}
        if name in self.meanwhile:
            await self.meanwhile[name]()


def said(street: Street, chat_id: int) -> list[str]:
    """What the bot has said in a chat."""
    return [message.text for message in street.telegram.chats[chat_id].messages if message.from_bot]


def wrote(street: Street, chat_id: int) -> list[str]:
    return [message.text for message in street.telegram.chats[chat_id].messages if not message.from_bot]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_beat_comes_in_its_order(tmp_path: Path, language: str) -> None:
    async with street(tmp_path, language) as here:
        story = Interrupted(here)
        await story.play()
        assert story.captions == BEATS.split()
        assert here.caption is None
        client, nurse, other, coordinator = (person.name for person in here.people())

        # What the client wrote, and got back unchanged on the hard day.
        objective = text(Key("demo.story.said.objective"), language)
        why = text(Key("demo.story.said.why"), language)
        assert objective in wrote(here, CLIENT)
        heard = story.heard
        given_back = said(here, CLIENT)[heard["hard"][CLIENT] : heard["reason"][CLIENT]]
        assert any(why in words for words in given_back)

        # The 6 reaches the nurse who is there, with the client's words; the others learn who has it.
        weighs = text(Key("demo.story.said.weighs"), language)
        assert text(Key("rating.6"), language) in "\n".join(said(here, NURSE))
        assert weighs in "\n".join(said(here, NURSE))
        assert heard["page"][OTHER] == heard["enrol"][OTHER]
        assert nurse in said(here, OTHER)[heard["taken"][OTHER] - 1]
        assert said(here, CLIENT)[heard["taken"][CLIENT] - 1] == text(Key("alert.read"), language, nurse=nurse)

        # The night: the numbers, both nurses together, then the coordinator, then one who takes it.
        before, after = heard["night"], heard["both"]
        assert any("911" in words for words in said(here, CLIENT)[before[CLIENT] : after[CLIENT]])
        for chat in (NURSE, OTHER):
            assert any("URGENT" in words for words in said(here, chat)[before[chat] : after[chat]])
        assert after[COORDINATOR] == before[COORDINATOR] == heard["link"][COORDINATOR]
        assert "URGENT" in said(here, COORDINATOR)[heard["nobody"][COORDINATOR] - 1]
        for chat in (CLIENT, NURSE, COORDINATOR):
            assert any(other in words for words in said(here, chat)[heard["nobody"][chat] : heard["other"][chat]])

        # The next day is followed up, and no alert is left open.
        assert heard["next_day"][CLIENT] == heard["reached"][CLIENT] + 1
        here.telegram.say(COORDINATOR, "/alertes" if language == "fr" else "/alerts")
        await here.settle()
        assert said(here, COORDINATOR)[-1] == text(Key("alerts.none"), language)
        assert client in said(here, NURSE)[-1]
        assert coordinator


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_lasts_about_two_minutes(tmp_path: Path, language: str) -> None:
    async with street(tmp_path, language) as here:
        story = Story(here, pace=0)
        await story.play()
        assert 100 <= story.seconds <= 140


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_captions_are_shown_on_the_page(tmp_path: Path, language: str) -> None:
    async with street(tmp_path, language) as here:
        shown: list[str] = []

        async def look() -> None:
            hint = (await page_state(here, Tried(), 0))["hint"]
            assert hint["story"]
            shown.append(hint["words"])

        await Interrupted(here, dict.fromkeys(BEATS.split(), look)).play()
        assert len(set(shown)) == len(BEATS.split())
        assert all(words and "{" not in words for words in shown)
        assert not (await page_state(here, Tried(), 0))["hint"]["story"]


async def test_somebody_takes_the_alerts_and_answers_first(tmp_path: Path) -> None:
    async with street(tmp_path, "fr") as here:

        async def answer_for_the_client() -> None:
            here.telegram.say(CLIENT, "4")
            await here.settle()

        async def take() -> None:
            here.telegram.say(NURSE, "/ok")
            await here.settle()

        story = Interrupted(here, {"check_in": answer_for_the_client, "page": take, "both": take})
        await story.play()
        assert story.captions == BEATS.split()
        assert any("Amélie" in words for words in said(here, OTHER)[story.heard["both"][OTHER] :])
        assert story.heard["nobody"][COORDINATOR] == story.heard["both"][COORDINATOR]


async def test_buttons_that_are_gone_are_typed(tmp_path: Path) -> None:
    async with street(tmp_path, "fr") as here:

        async def wipe() -> None:
            for message in here.telegram.chats[NURSE].messages:
                message.buttons = []

        story = Interrupted(here, {"page": wipe, "taken": wipe})
        await story.play()
        assert "/ok" in wrote(here, NURSE)
        closed = text(Key("outcome.reached"), "fr")
        assert f"/fin {closed}" in wrote(here, NURSE)
        assert closed in said(here, NURSE)[story.heard["outcome"][NURSE] - 1]


async def test_it_goes_on_after_the_bot_starts_anew(tmp_path: Path) -> None:
    async with street(tmp_path, "en") as here:
        story = Interrupted(here, {"words": here.restart, "both": here.restart})
        await story.play()
        assert story.captions == BEATS.split()
        assert "Karim" in said(here, COORDINATOR)[-1]


async def test_it_waits_while_telegram_is_down(tmp_path: Path) -> None:
    async with street(tmp_path, "fr") as here:
        down = asyncio.Event()

        async def go_down() -> None:
            await here.set_down(True)
            down.set()

        story = Interrupted(here, {"taken": go_down})
        playing = asyncio.create_task(story.play())
        await down.wait()
        await here.move(timedelta(hours=1))
        assert story.captions[-1] == "taken"
        await here.set_down(False)
        await playing
        assert story.captions == BEATS.split()


async def test_a_town_begun_anew_ends_it_quietly(tmp_path: Path) -> None:
    async with street(tmp_path, "fr") as here:
        story = Interrupted(here, {"hard": lambda: here.restart("en")})
        await story.play()
        assert story.captions[-1] == "hard"
        assert said(here, CLIENT) == []
        assert here.caption is None


async def test_a_client_who_says_no_ends_it_quietly(tmp_path: Path) -> None:
    async with street(tmp_path, "fr") as here:

        async def refuse() -> None:
            question = here.telegram.chats[CLIENT].messages[-1]
            here.telegram.tap(CLIENT, question.id, question.buttons[0][0].data)
            await here.settle()
            here.telegram.say(CLIENT, text(Key("consent.no"), "fr"))
            await here.settle()

        story = Interrupted(here, {"enrol": refuse})
        await story.play()
        assert story.captions == ["link", "enrol"]
        assert here.caption is None


async def test_a_client_who_blocks_the_bot_breaks_nothing(tmp_path: Path) -> None:
    async with street(tmp_path, "fr") as here:

        async def block() -> None:
            here.telegram.block(CLIENT)

        await Interrupted(here, {"six": block}).play()
        assert here.caption is None


async def test_a_story_that_is_stopped_leaves_no_caption(tmp_path: Path) -> None:
    async with street(tmp_path, "fr") as here:
        version = here.telegram.version
        playing = asyncio.create_task(play(here))
        await here.telegram.changed(version)
        assert here.caption is not None
        playing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await playing
        assert here.caption is None


async def test_the_command_shows_the_page_plays_and_ends(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "bot", "demo", "--no-browser", "--port", "0", "--language", "en", "--play")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(30):
            address = (await process.stdout.readline()).decode().split()[-1]
            async with aiohttp.ClientSession() as browser, browser.get(f"{address}events") as events:
                async for line in events.content:
                    if not line.startswith(b"data:"):
                        continue
                    async with browser.get(f"{address}state") as answer:
                        state = json.loads(await answer.read())
                    if state["hint"]["story"]:
                        break
            assert state["language"] == "en"
            assert len(state["people"]) == 4
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
