"""The demo page over HTTP: aiohttp routes around one Street.

Decides: which gesture at the page becomes which gesture of a pretend person, and when the page
is told to look again. Refuses to know: how things are worded or drawn (`page_state`, `static/`)
and how the bot answers. Nothing here is reachable from the real bot.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.demo.page_hint import Tried
from bot.demo.page_state import page_state

if TYPE_CHECKING:
    from bot.demo.street import Street

_STATIC = Path(__file__).parent / "static"

# Proxies and sleeping laptops drop a silent connection; a comment now and then keeps it alive.
_HEARTBEAT_SECONDS = 15.0

_MOVES: dict[str, timedelta | None] = {
    "15m": timedelta(minutes=15),
    "1h": timedelta(hours=1),
    "1d": timedelta(days=1),
    "next": None,
}
_KINDS = ("sticker", "voice", "photo")
_LANGUAGES = ("fr", "en")

SEEN = web.AppKey("SEEN", asyncio.Event)
"""Set once somebody looks at the page."""

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

Body = dict[str, Any]


def routes(street: Street) -> web.Application:
    """The page and its gestures, ready for `web.AppRunner`; it ends its event streams on shutdown."""
    page = _Page(street)
    app = web.Application(middlewares=[_guard])
    app.router.add_get("/", _index)
    app.router.add_static("/static", _STATIC)
    app.router.add_get("/state", page.state)
    app.router.add_get("/events", page.events)
    app.router.add_get(r"/picture/{chat:\d{1,15}}/{message:\d{1,15}}", page.picture)
    gestures = (page.say, page.tap, page.send, page.edit, page.clock, page.language, page.fault, page.restart)
    for gesture in gestures:
        app.router.add_post(f"/{gesture.__name__}", _gesture(gesture))
    app[SEEN] = page.seen
    app.on_shutdown.append(page.shut)
    return app


@web.middleware
async def _guard(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Keep other sites open in the same browser from playing with the demo."""
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return _refusal("Only the page itself may do this.")
    response = await handler(request)
    if not response.prepared:
        response.headers.update(_HEADERS)
    return response


async def _index(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(_STATIC / "index.html")


def _gesture(act: Callable[[Body], Awaitable[None]]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            return _refusal("Send JSON.")
        try:
            body = await request.json()
            if not isinstance(body, dict):
                raise ValueError("Send a JSON object.")
            await act(body)
        except ValueError as mistake:
            return _refusal(str(mistake))
        return web.json_response({})

    return answer


def _refusal(reason: str) -> web.Response:
    return web.json_response({"error": reason}, status=400)


class _Page:
    def __init__(self, street: Street) -> None:
        self._street = street
        self._tried = Tried()
        self._own_changes = 0
        self._stirred = asyncio.Event()
        self._closing = False
        self.seen = asyncio.Event()
        # Moving the clock and restarting the bot take a while; two at once would tell a muddled story.
        self._one_at_a_time = asyncio.Lock()

    # What the page reads

    async def state(self, _request: web.Request) -> web.Response:
        self.seen.set()
        return web.json_response(await page_state(self._street, self._tried, self._version()))

    async def events(self, request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse(headers={**_HEADERS, "Content-Type": "text/event-stream"})
        await stream.prepare(request)
        try:
            told = -1
            while not self._closing:
                version = self._version()
                beat = ": still here\n\n" if version == told else f"data: {version}\n\n"
                await stream.write(beat.encode())
                told = version
                await self._wait_for_change(version)
        except ConnectionResetError:
            pass  # the page was closed
        return stream

    async def picture(self, request: web.Request) -> web.Response:
        chat = self._street.telegram.chats.get(int(request.match_info["chat"]))
        message = None if chat is None else chat.find(int(request.match_info["message"]))
        if message is None or message.photo is None:
            raise web.HTTPNotFound
        return web.Response(body=message.photo, content_type=_picture_type(message.photo))

    # What people do with their phones

    async def say(self, body: Body) -> None:
        self._street.telegram.say(self._chat(body), _word(body, "text"))

    async def tap(self, body: Body) -> None:
        # stale: the button may have gone while the finger was on its way; Telegram passes such taps on too.
        self._street.telegram.tap(self._chat(body), _whole(body, "message"), _word(body, "data"), stale=True)

    async def send(self, body: Body) -> None:
        self._street.telegram.send(self._chat(body), _one_of(body, "kind", _KINDS))

    async def edit(self, body: Body) -> None:
        self._street.telegram.edit(self._chat(body), _whole(body, "message"), _word(body, "text"))

    # What happens around them

    async def clock(self, body: Body) -> None:
        move = _MOVES[_one_of(body, "move", tuple(_MOVES))]
        async with self._one_at_a_time:
            await self._street.move(move)
        self._tried.clock = True
        self._tried.day |= body["move"] == "1d"
        self._stir()

    async def language(self, body: Body) -> None:
        language = _one_of(body, "language", _LANGUAGES)
        async with self._one_at_a_time:
            await self._street.restart(language)
        self._tried = Tried()
        self._stir()

    async def restart(self, _body: Body) -> None:
        async with self._one_at_a_time:
            await self._street.restart()
        self._tried.restart = True
        self._stir()

    async def fault(self, body: Body) -> None:
        name, on = _one_of(body, "name", ("down", "blocked", "away")), body.get("on")
        if not isinstance(on, bool):
            raise ValueError("'on' must be true or false.")
        if name == "down":
            await self._street.set_down(on)
        elif name == "blocked":
            telegram = self._street.telegram
            (telegram.block if on else telegram.unblock)(self._chat(body))
        else:
            async with self._one_at_a_time:
                await self._street.set_away(self._chat(body), on)
            self._tried.away = True
        self._stir()

    # How the page learns that something changed

    def _version(self) -> int:
        # Both counters only grow, except that a new story may start the first one again; the large
        # step keeps every pair of them distinct.
        return self._own_changes * 1_000_000 + self._street.telegram.version

    def _stir(self) -> None:
        self._own_changes += 1
        self._stirred.set()
        self._stirred = asyncio.Event()

    async def _wait_for_change(self, version: int) -> None:
        """Return when the page should look again, or after the heartbeat."""
        if version != self._version():
            return
        telegram = self._street.telegram
        waits = {
            asyncio.ensure_future(telegram.changed(telegram.version)),
            asyncio.ensure_future(self._stirred.wait()),
        }
        try:
            await asyncio.wait(waits, timeout=_HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def shut(self, _app: web.Application) -> None:
        self._closing = True
        self._stir()

    def _chat(self, body: Body) -> int:
        chat_id = _whole(body, "chat")
        if all(chat_id != person.chat_id for person in self._street.people()):
            raise ValueError("Nobody here has this 'chat'.")
        return chat_id


def _whole(body: Body, name: str) -> int:
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"'{name}' must be a whole number.")
    return value


def _word(body: Body, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"'{name}' must be text.")
    return value


def _one_of(body: Body, name: str, allowed: tuple[str, ...]) -> str:
    value = body.get(name)
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(f"'{name}' must be one of: {', '.join(allowed)}.")
    return value


def _picture_type(picture: bytes) -> str:
    return "image/png" if picture.startswith(b"\x89PNG") else "image/jpeg"
