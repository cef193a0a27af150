"""``alliance demo``: opens the street and its page on this machine, and waits."""

import asyncio
import contextlib
import signal
import webbrowser

from aiohttp import web

from bot.demo.page import routes
from bot.demo.street import Street


async def show(language: str, port: int, *, browser: bool, play: bool) -> None:
    """Run the demo until SIGINT or SIGTERM. port: of the page, 0 for any free one."""
    told = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, told.set)
    street = Street(language)
    await street.open()
    runner = web.AppRunner(routes(street), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port)
        try:
            await site.start()
        except OSError:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
        address = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        print(f"Alliance demo: {address}\nCtrl+C ends it; nothing is kept.", flush=True)
        if browser:
            with contextlib.suppress(webbrowser.Error):
                await asyncio.to_thread(webbrowser.open, address)
        story = asyncio.create_task(_play(street, told)) if play else None
        await told.wait()
        if story is not None:
            story.cancel()
    finally:
        await runner.cleanup()
        await street.close()


async def _play(street: Street, told: asyncio.Event) -> None:
    from bot.demo.story import play

    await play(street)
