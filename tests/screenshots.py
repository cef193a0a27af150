"""``make screenshots``: pictures of the demo for the documentation, taken while the story plays.

    python -m tests.screenshots [FOLDER]        FOLDER: docs by default

demo.png: the night, in French; demo-dark.png: the first alert, in English and dark; demo-phone.png: one narrow screen.
"""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page, ViewportSize, expect

from bot.demo.story import Story
from bot.demo.street import Street
from tests.demo.chromium import CLIENT, WIDE, browsing, chromium, serving

LARGEST = 400_000
"""Bytes that one picture may have."""


@dataclass(frozen=True)
class Picture:
    """beat: the caption at which it is taken; of: the phone in front where only one is seen."""

    name: str
    beat: str
    view: ViewportSize
    dark: bool = False
    scale: float = 1.0
    of: int | None = None


PICTURES: Mapping[str, tuple[Picture, ...]] = {
    "fr": (
        Picture("demo.png", "other", WIDE),
        Picture("demo-phone.png", "reason", {"width": 390, "height": 844}, scale=2.0, of=CLIENT),
    ),
    "en": (Picture("demo-dark.png", "taken", WIDE, dark=True),),
}


class Photographed(Story):
    """The story without its pauses, stopping where a picture is taken."""

    def __init__(self, street: Street, pages: Sequence[tuple[Picture, Page]], folder: Path) -> None:
        super().__init__(street, pace=0)
        self.pages, self.folder = pages, folder

    async def caption(self, name: str, chat_id: int, seconds: float) -> None:
        await super().caption(name, chat_id, seconds)
        for picture, page in self.pages:
            if picture.beat == name:
                await take(picture, page, self.street, self.folder / picture.name)


async def take(picture: Picture, page: Page, street: Street, path: Path) -> None:
    """Wait until the page shows what the phones hold, then write the picture."""
    for chat in street.telegram.chats.values():
        await expect(page.locator(f"#phone-{chat.id} li.message")).to_have_count(len(chat.messages))
    if picture.of is not None:
        await page.locator(f"#tab-{picture.of}").click()
    await page.mouse.move(0, 0)
    drawn = await page.screenshot()
    if len(drawn) > LARGEST:
        raise SystemExit(f"{path} would have {len(drawn)} bytes, more than {LARGEST}")
    await asyncio.to_thread(path.write_bytes, drawn)
    print(f"{path}: {len(drawn) // 1000} kB")


async def photograph(browser: Browser, language: str, folder: Path) -> None:
    """Play the story once in a language and take its pictures."""
    street = Street(language)
    await street.open()
    try:
        async with serving(street) as address:
            pages: list[tuple[Picture, Page]] = []
            for picture in PICTURES[language]:
                page = await browser.new_page(
                    viewport=picture.view,
                    device_scale_factor=picture.scale,
                    color_scheme="dark" if picture.dark else "light",
                    reduced_motion="reduce",
                )
                await page.goto(address)
                await page.locator("body:not(.waiting)").wait_for()
                pages.append((picture, page))
            await Photographed(street, pages, folder).play()
            for _, page in pages:
                await page.close()
    finally:
        await street.close()


async def main(folder: Path) -> None:
    path = chromium()
    if path is None:
        raise SystemExit("No Chromium on the PATH. On Debian or Ubuntu: sudo apt-get install chromium")
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    async with browsing(path) as browser:
        for language in PICTURES:
            await photograph(browser, language, folder)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs")))
