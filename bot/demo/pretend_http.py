"""The HTTP side of the pretend Bot API: reads a call, journals it, answers it as Telegram would.

Decides the order of checks (outage, token, method, planned refusals, rate, parameters, the call itself).
Refuses to know what a call does, and what the people do.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from bot.demo.pretend_card import allow_updates
from bot.demo.pretend_faults import Faults
from bot.demo.pretend_methods import HANDLERS
from bot.demo.pretend_parse import Upload, read_call
from bot.demo.pretend_queue import PollEndedError
from bot.demo.pretend_state import ApiError, PretendState, bad_request
from bot.demo.pretend_webhook import Deliveries

Json = dict[str, Any]

LARGEST_BODY = 50 * 1024 * 1024  # Telegram: files of up to 50 MB can be sent
LONGEST_POLL = 50  # seconds; the Bot API server cuts longer waits down to this
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


@dataclass(slots=True)
class Call:
    """One call of the journal. `status` is 0 until it was answered; `description` is empty on success."""

    method: str
    params: Json
    status: int = 0
    description: str = ""


class Counter:
    """Where the bot's calls arrive."""

    def __init__(self, state: PretendState, faults: Faults, journal: list[Call]) -> None:
        self._state = state
        self._faults = faults
        self._journal = journal
        self._deliveries = Deliveries(state, faults)

    def routes(self) -> web.Application:
        """An application with `/bot<token>/<method>` and `/file/bot<token>/<path>`."""
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        app.router.add_get("/file/bot{token}/files/{file_id}", self._download)
        return app

    def open(self) -> None:
        """Takes up again what runs by itself, after a close."""
        self._deliveries.restart()

    async def close(self) -> None:
        """Stops what still runs by itself: held answers and the deliveries to a webhook."""
        self._faults.release()
        await self._deliveries.close()

    async def _answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        raw, as_text = await _read(request)
        call = Call(method, raw or {})
        self._journal.append(call)
        parameters: Json | None = None
        result: Any = None
        try:
            result = await self._perform(request.match_info["token"], call, raw, as_text)
            call.status = 200
        except ApiError as refused:
            call.status, call.description = refused.status, refused.description
            parameters = refused.parameters
        await self._faults.hold_back()
        if call.status == 200:
            return _json(200, {"ok": True, "result": result})
        answer: Json = {"ok": False, "error_code": call.status, "description": call.description}
        if parameters:
            answer["parameters"] = parameters
        return _json(call.status, answer)

    async def _perform(self, token: str, call: Call, raw: Json | None, as_text: bool) -> Any:
        method, faults = call.method, self._faults
        faults.check_standing(method)
        if token != self._state.token:
            raise ApiError(401, "Unauthorized")
        if raw is None:
            raise bad_request("can't parse the request's body")
        params = call.params = read_call(method, raw, as_text=as_text)
        chat_id = params.get("chat_id")
        faults.check_planned(method, chat_id, after=False)
        faults.check_rate(method, chat_id)
        if method == "getUpdates":
            return await self._get_updates(params)
        result = HANDLERS[method](self._state, params)
        if method in ("setWebhook", "deleteWebhook"):
            self._deliveries.restart()
        faults.check_planned(method, chat_id, after=True)
        return result

    async def _get_updates(self, params: Json) -> list[Json]:
        if self._state.webhook["url"]:
            raise ApiError(409, WEBHOOK_ACTIVE)
        limit, timeout = params.get("limit", 100), params.get("timeout", 0)
        if not 1 <= limit <= 100 or timeout < 0:
            raise bad_request("limit must be between 1 and 100, timeout not negative")
        if "allowed_updates" in params:
            allow_updates(self._state, params["allowed_updates"])
        try:
            return await self._state.queue.get(
                params.get("offset", 0),
                limit,
                min(timeout, LONGEST_POLL),
                lambda: self._faults.check_standing("getUpdates"),
            )
        except PollEndedError as ended:
            raise ApiError(409, str(ended)) from None

    async def _download(self, request: web.Request) -> web.Response:
        content = self._state.files.get(request.match_info["file_id"])
        if request.match_info["token"] != self._state.token or content is None:
            return _json(404, {"ok": False, "error_code": 404, "description": "Not Found"})
        return web.Response(body=content)


async def _read(request: web.Request) -> tuple[Any, bool]:
    """The call's parameters and whether they came as text; None where the body cannot be read."""
    raw: Json = dict(request.query)
    kind = request.content_type
    if request.method != "POST" or not request.can_read_body:
        return raw, True
    if kind == "application/json":
        try:
            body = json.loads(await request.read() or b"{}")
        except ValueError:
            return None, False
        return ({**raw, **body}, False) if isinstance(body, dict) else (None, False)
    if kind == "application/x-www-form-urlencoded":
        try:
            text = (await request.read()).decode()
            raw.update(parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text)))
        except ValueError:
            return None, True
        return raw, True
    if kind == "multipart/form-data":
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                raw[name] = Upload(value.file.read(), value.filename)
            else:
                raw[name] = value
        return raw, True
    return None, True


def _json(status: int, answer: Json) -> web.Response:
    return web.Response(body=json.dumps(answer).encode(), status=status, content_type="application/json")
