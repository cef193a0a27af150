"""``alliance demo``: opens the street and its page on this machine, and waits."""

import asyncio
import contextlib
import signal
import webbrowser

from aiohttp import web

from bot.demo.page import SEEN, routes
from bot.demo.story import play as play_story
from bot.demo.street import Street


async def show(language: str, port: int, *, browser: bool, play: bool) -> None:
    """Run the demo until SIGINT or SIGTERM. port: of the page, 0 for any free one."""
    told = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, told.set)
    street = Street(language)
    await street.open()
    page = routes(street)
    runner = web.AppRunner(page, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    story: asyncio.Task[None] | None = None
    try:
        site = web.TCPSite(runner, "127.0.0.1", port)
        try:
            await site.start()
        except OSError:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
        address = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        print(f"Alliance demo: {address}\nCtrl+C ends it; nothing is kept.", flush=True)
        if play:
            story = asyncio.create_task(_play(street, page[SEEN]))
        if browser:
            with contextlib.suppress(webbrowser.Error):
                await asyncio.to_thread(webbrowser.open, address)
        await told.wait()
    finally:
        if story is not None:
            story.cancel()
            await asyncio.gather(story, return_exceptions=True)
        await runner.cleanup()
        await street.close()


async def _play(street: Street, seen: asyncio.Event) -> None:
    """Begins when somebody looks, so that nothing of it is missed."""
    await seen.wait()
    await play_story(street)
