"""A visit to the demo page: a real street, the real page, a real Chromium, all in one event loop.

Whatever the browser complains of, and every request to another host, is kept and fails the visit at its end.
"""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from playwright.async_api import Browser, ConsoleMessage, Locator, Page, Request, ViewportSize, async_playwright, expect

from bot.demo.page import routes
from bot.demo.street import Street

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 10_000
"""Milliseconds that anything on the page may take to appear."""
WIDE: ViewportSize = {"width": 1440, "height": 900}
NARROW: ViewportSize = {"width": 360, "height": 740}
CLIENT, NURSE, OTHER, COORDINATOR = 101, 201, 202, 301


def chromium() -> str | None:
    """The path of a Chromium of this machine, or None."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


def chromium_or_skip() -> str:
    """The path of a Chromium. Skips the test where there is none; fails it where one is required."""
    path = chromium()
    if path is None:
        missing = f"no browser found: none of {', '.join(NAMES)} is on the PATH"
        if os.environ.get("ALLIANCE_REQUIRE_BROWSER") == "1":
            pytest.fail(f"{missing}, and ALLIANCE_REQUIRE_BROWSER=1")
        pytest.skip(f"{missing} (Debian, Ubuntu: apt-get install chromium)")
    return path


@dataclass
class Visit:
    """One open page. address: of the page; complaints: console errors, failed and foreign requests."""

    street: Street
    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Keep what the browser complains of."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        self.page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"console {message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.address).netloc and not request.url.startswith("data:"):
            self.complaints.append(f"request to another host: {request.url}")

    def phone(self, chat_id: int) -> Locator:
        return self.page.locator(f"#phone-{chat_id}")

    def question(self, chat_id: int) -> Locator:
        """The newest message with buttons."""
        return self.phone(chat_id).locator("li.message:has(.buttons)").last

    def last(self, chat_id: int) -> Locator:
        return self.phone(chat_id).locator("li.message").last

    async def caught_up(self, chat_id: int) -> None:
        """Wait until a phone shows all that has arrived: what still moves while it is drawn is easily missed."""
        await self.street.settle()
        messages = self.street.telegram.chats[chat_id].messages
        await expect(self.phone(chat_id).locator("li.message")).to_have_count(len(messages))
        asking = sum(bool(message.buttons) for message in messages)
        await expect(self.phone(chat_id).locator("li.message:has(.buttons)")).to_have_count(asking)

    async def tap(self, chat_id: int, label: str | None = None) -> None:
        """Tap a button of the newest question: the first one, or the one with this label."""
        await self.caught_up(chat_id)
        buttons = self.question(chat_id).locator(".buttons button")
        await (buttons.first if label is None else buttons.get_by_text(label, exact=True)).click()

    async def write(self, chat_id: int, words: str) -> None:
        area = self.phone(chat_id).locator("textarea")
        await area.fill(words)
        await area.press("Enter")

    async def move(self, step: str = "next") -> None:
        """Press a clock button and wait until the time has passed."""
        await self.page.locator(f'[data-move="{step}"]').click()
        await self.quiet()

    async def quiet(self) -> None:
        """Wait until no long gesture is under way."""
        await expect(self.page.locator("body.busy")).to_have_count(0)

    async def enrol(self) -> None:
        """Press Start, then the first button of every question, until the permanent keyboard is there."""
        phone = self.phone(CLIENT)
        await phone.locator(".only").click()
        keyboard = phone.locator(".keyboard button")
        later = ""
        while True:
            await phone.locator(f"{later} li.message:has(.buttons), .keyboard:not([hidden])").last.wait_for()
            await self.caught_up(CLIENT)
            if await keyboard.count():
                return
            asked = await self.question(CLIENT).get_attribute("data-id")
            later = f'li[data-id="{asked}"] ~'
            await self.tap(CLIENT)


@asynccontextmanager
async def serving(street: Street) -> AsyncIterator[str]:
    """The page of an open street on a free port; gives its address."""
    runner = web.AppRunner(routes(street), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def browsing(path: str) -> AsyncIterator[Browser]:
    """A headless Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def visiting(folder: Path, language: str = "fr", view: ViewportSize = WIDE) -> AsyncIterator[Visit]:
    """A new street and its page. A test that fails leaves a picture of the page in ``folder``."""
    path = chromium_or_skip()
    expect.set_options(timeout=PATIENCE)
    street = Street(language, folder)
    await street.open()
    try:
        async with serving(street) as address, browsing(path) as browser:
            context = await browser.new_context(viewport=view, reduced_motion="reduce")
            context.set_default_timeout(PATIENCE)
            visit = Visit(street, await context.new_page(), address)
            visit.listen()
            try:
                await visit.page.goto(address)
                await visit.page.locator("body:not(.waiting)").wait_for()
                yield visit
                if visit.complaints:
                    pytest.fail("the browser complains:\n" + "\n".join(visit.complaints))
            except BaseException as failure:
                picture = folder / "failed.png"
                await visit.page.screenshot(path=picture)
                failure.add_note(f"the page as it was: {picture}; troubles: {street.app.health.troubles}")
                raise
            finally:
                await context.close()
    finally:
        await street.close()
