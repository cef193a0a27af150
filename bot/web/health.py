"""``/healthz`` and ``/readyz``: what is wrong, in words, without any content, name or id."""

from aiohttp import web

from bot.engine.clock import Clock
from bot.engine.health import Health

STALE_SECONDS = 60.0
"""A part that has not moved for so long counts as stalled."""


def health_app(health: Health, clock: Clock) -> web.Application:
    """Both routes. 200 when all is well, else 503; JSON ``{"ok": bool, "troubles": {part: words}}``."""

    def troubles() -> dict[str, str]:
        found = dict(health.troubles)
        for part, seen in (("polling", health.polled_at), ("tick", health.ticked_at)):
            if seen is not None and (clock.now() - seen).total_seconds() > STALE_SECONDS:
                found.setdefault(part, "has not moved for a minute")
        return found

    async def alive(request: web.Request) -> web.Response:
        found = troubles()
        return web.json_response({"ok": not found, "troubles": found}, status=503 if found else 200)

    async def ready(request: web.Request) -> web.Response:
        found = troubles()
        if health.polled_at is None:
            found.setdefault("polling", "Telegram was not reached yet")
        return web.json_response({"ok": not found, "troubles": found}, status=503 if found else 200)

    app = web.Application()
    app.router.add_get("/healthz", alive)
    app.router.add_get("/readyz", ready)
    return app
