"""The commands. Parses arguments, prints one clear line for what is wrong, and hands over; decides nothing else."""

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any, NoReturn

from bot import __version__
from bot.settings import EXIT_STATUS, BadSetting, Settings, read

STOP_SECONDS = 7.5
"""SIGTERM stops the program within eight seconds, whatever holds it up."""
UNAVAILABLE = 69
"""EX_UNAVAILABLE of sysexits.h: the database or Telegram cannot be used."""


def main() -> None:
    """The console script."""
    arguments = _parser().parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)  # seven lines at each start, about nothing
    try:
        arguments.command(arguments)
    except BadSetting as error:
        _end(str(error), EXIT_STATUS)
    except BrokenPipeError:
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("alliance", description="The therapeutic alliance, from one visit to the next.")
    parser.add_argument("--version", action="version", version=f"alliance {__version__}")
    commands = parser.add_subparsers(required=True, metavar="command")

    demo = commands.add_parser("demo", help="the whole product on this machine, no token needed")
    demo.add_argument("--port", type=_port, default=8765, help="of the page (default 8765; 0 for any free one)")
    demo.add_argument("--no-browser", action="store_true", help="do not open the page")
    demo.add_argument("--language", choices=("fr", "en"), default=None, help="language to begin in")
    demo.add_argument("--play", action="store_true", help="play a two-minute story by itself")
    demo.set_defaults(command=_demo)

    run = commands.add_parser("run", help="the bot; migrates its database first")
    run.set_defaults(command=_run)

    check = commands.add_parser("check", help="what is wrong with settings, database, catalogues, token")
    check.set_defaults(command=_check)

    invitation = commands.add_parser("invite", help="print one invitation link")
    invitation.add_argument("role", choices=("client", "nurse", "coordinator"))
    invitation.add_argument("--alias", required=True, help="first name or code; shown on phones")
    invitation.add_argument("--language", choices=("fr", "en"), help="default: ALLIANCE_LANGUAGE")
    invitation.add_argument("--timezone", help="default: ALLIANCE_TIMEZONE")
    invitation.add_argument("--nurse-a", metavar="ALIAS", help="a client's lead nurse")
    invitation.add_argument("--nurse-b", metavar="ALIAS", help="a client's second nurse")
    invitation.set_defaults(command=_invite)

    signals = commands.add_parser("signals", help="what messages signal: JSON lines in, JSON lines out")
    signals.add_argument("--explain", metavar="TEXT", help="show for one text what is seen in it, and why")
    signals.set_defaults(command=_signals)

    messages = commands.add_parser("messages", help="hold the catalogues against the code, and update them")
    messages.add_argument("--check", action="store_true", help="change nothing; fail when something is wrong")
    messages.set_defaults(command=_messages)
    return parser


def _port(value: str) -> int:
    if not value.isascii() or not value.isdigit() or int(value) > 65_535:
        raise argparse.ArgumentTypeError("a port from 0 to 65535")
    return int(value)


def _end(line: str, status: int) -> NoReturn:
    print(f"alliance: {line}", file=sys.stderr)
    sys.exit(status)


def _carry_out(work: Coroutine[Any, Any, None]) -> None:
    from bot.app import PortTaken
    from bot.engine.wire import Unauthorised
    from bot.store.database import Failure, UnusableDatabase

    try:
        asyncio.run(work)
    except (UnusableDatabase, PortTaken) as error:
        _end(str(error), UNAVAILABLE)
    except Failure as error:
        _end(f"the database cannot be used: {error.orig}", UNAVAILABLE)
    except Unauthorised:
        _end("Telegram refuses the token; check ALLIANCE_BOT_TOKEN with BotFather", EXIT_STATUS)


def _run(arguments: argparse.Namespace) -> None:
    from bot.app import App

    settings = read()

    async def until_told() -> None:
        told = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, told.set)
        app = App(settings)
        try:
            await app.open()
            await app.start(port=settings.http_port)
            await told.wait()
        finally:
            await _stopped_in_time(app.stop())

    _carry_out(until_told())


async def _stopped_in_time(stopping: Coroutine[Any, Any, None]) -> None:
    """Whatever holds the end up, a locked database for example, nothing that is committed needs it."""
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await stopping
    except TimeoutError:
        logging.getLogger(__name__).error("not everything could be closed in time; what is committed is safe")
        os._exit(0)


def _demo(arguments: argparse.Namespace) -> None:
    from bot.demo.show import show

    logging.getLogger().setLevel(logging.WARNING)
    language = arguments.language or "fr"
    _carry_out(show(language, arguments.port, browser=not arguments.no_browser, play=arguments.play))


def _check(arguments: argparse.Namespace) -> None:
    from bot.check import check

    settings = read()
    logging.getLogger().setLevel(logging.CRITICAL)
    lines, well = asyncio.run(check(settings))
    print("\n".join(lines))
    sys.exit(0 if well else 1)


def _invite(arguments: argparse.Namespace) -> None:
    from bot.check import make_invitation

    settings: Settings = read()
    logging.getLogger().setLevel(logging.CRITICAL)

    async def invited() -> None:
        print(await make_invitation(settings, arguments, datetime.now(UTC)))

    try:
        _carry_out(invited())
    except ValueError as error:
        _end(str(error), 65)


def _signals(arguments: argparse.Namespace) -> None:
    from bot.reading import explained, read_lines

    if arguments.explain is not None:
        print("\n".join(explained(arguments.explain)))
        return
    bad = 0
    for answer, well in read_lines(sys.stdin.buffer):
        print(answer, flush=True)
        bad += not well
    if bad:
        _end(f"{bad} line(s) were no JSON object with id and text; each was answered with an error", 65)


def _messages(arguments: argparse.Namespace) -> None:
    from bot.catalogues import check, update

    findings = check() if arguments.check else update()
    print("\n".join(findings) if findings else "the catalogues and the code agree")
    sys.exit(1 if findings else 0)
