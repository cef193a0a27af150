"""What each answer of a server means for a message: surely not sent, perhaps sent, refused, told to wait."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.engine.wire import (
    Conflict,
    Flooded,
    NotSent,
    Refused,
    TelegramError,
    Unauthorised,
    Unchanged,
    Unknown,
    Unreachable,
)
from bot.telegram.edge import BotApi

WORDS = "words that somebody wrote"


@asynccontextmanager
async def answering(answer: bytes | None) -> AsyncIterator[str]:
    """A server that reads one call and answers with these bytes; None: closes the connection instead."""

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.partition(b":")[2]))
        if answer is not None:
            writer.write(answer)
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answered, "127.0.0.1")
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot"
    finally:
        server.close()


async def meaning(root: str) -> TelegramError:
    api = BotApi("42:TEST", root)
    await api.open()
    try:
        with pytest.raises(TelegramError) as caught:
            await api.send(1, "Bonjour.", [], [])
        return caught.value
    finally:
        await api.close()


def http(status: int, body: str) -> bytes:
    return f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()


def refusal(status: int, description: str, more: str = "") -> bytes:
    return http(status, f'{{"ok":false,"error_code":{status},"description":"{description}"{more}}}')


@pytest.mark.parametrize(
    ("answer", "means"),
    [
        (refusal(502, "Bad Gateway"), NotSent),
        (http(503, "<html>later</html>"), NotSent),
        (refusal(500, "Internal Server Error: restart"), Unknown),
        (http(504, "<html>too late</html>"), Unknown),
        (None, Unknown),
        (http(200, '{"ok":true,"result":{"message_id":'), Unknown),
        (refusal(400, "Bad Request: BUTTON_DATA_INVALID"), Refused),
        (refusal(413, "Request Entity Too Large"), Refused),
        (refusal(400, "Bad Request: chat not found"), Unreachable),
        (refusal(400, "Bad Request: message to edit not found"), Unchanged),
        (refusal(403, "Forbidden: bot was blocked by the user"), Unreachable),
        (http(403, "<html>a proxy's own</html>"), NotSent),
        (refusal(401, "Unauthorized"), Unauthorised),
        (refusal(409, "Conflict: terminated by other getUpdates request"), Conflict),
        (refusal(429, "Too Many Requests: retry after 7", ',"parameters":{"retry_after":7}'), Flooded),
        (http(429, "<html>slow down</html>"), Flooded),
    ],
)
async def test_what_an_answer_means(answer: bytes | None, means: type[TelegramError]) -> None:
    async with answering(answer) as root:
        assert type(await meaning(root)) is means


async def test_a_refused_connection_surely_sent_nothing() -> None:
    async with answering(None) as root:
        pass
    assert isinstance(await meaning(root), NotSent)


async def test_the_time_to_wait_is_telegrams() -> None:
    answer = refusal(429, "Too Many Requests: retry after 7", ',"parameters":{"retry_after":7}')
    async with answering(answer) as root:
        error = await meaning(root)
    assert isinstance(error, Flooded)
    assert error.seconds == 7


async def test_an_answer_that_cannot_be_read_is_never_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for status in (200, 400):
        async with answering(http(status, '{"text":"' + WORDS)) as root:
            error = await meaning(root)
        assert WORDS not in str(error)
        assert "TEST" not in str(error)
    assert WORDS not in caplog.text
