"""``alliance check`` and ``alliance invite``: what an operator does once, from the shell."""

import argparse
from datetime import datetime
from zoneinfo import available_timezones

from bot.alliance.people import Role
from bot.app import listening
from bot.catalogues import check as catalogue_findings
from bot.coordination.invitations import BadInvitation, invite, link
from bot.coordination.pairs import set_pair
from bot.engine.apply import apply
from bot.engine.wire import TelegramError, Unauthorised
from bot.settings import Settings
from bot.store import queries
from bot.store.database import Database, UnusableDatabase
from bot.telegram.edge import BotApi


async def check(settings: Settings) -> tuple[list[str], bool]:
    """One line for each part, with what to do where something is wrong; and whether all is well."""
    lines = ["settings: well"]
    well = True
    findings = catalogue_findings()
    lines.append("catalogues: well" if not findings else f"catalogues: {findings[0]}")
    well = well and not findings
    try:
        listening()
        lines.append("recogniser: well")
    except (OSError, ValueError) as error:
        lines.append(f"recogniser: {' '.join(str(error).split())}")
        well = False
    database = Database(settings.database_url)
    try:
        lines.append(f"database: {await database.state()}")
    except UnusableDatabase as error:
        lines.append(f"database: {error}")
        well = False
    finally:
        await database.close()
    telegram = BotApi(settings.bot_token, settings.telegram_api_url)
    await telegram.open()
    try:
        await telegram.me()
        lines.append("token: well")
    except Unauthorised:
        lines.append("token: Telegram refuses it; check ALLIANCE_BOT_TOKEN with BotFather")
        well = False
    except TelegramError:
        lines.append("token: Telegram cannot be reached from here; check the network and ALLIANCE_TELEGRAM_API_URL")
        well = False
    finally:
        await telegram.close()
    return lines, well


async def make_invitation(settings: Settings, asked: argparse.Namespace, now: datetime) -> str:
    """Make one invitation and give its link. Raises BadInvitation, UnusableDatabase, Unauthorised."""
    timezone = asked.timezone or settings.timezone
    if timezone not in available_timezones():
        raise BadInvitation("--timezone is not a time zone; for example America/Toronto")
    telegram = BotApi(settings.bot_token, settings.telegram_api_url)
    await telegram.open()
    try:
        bot_name = await telegram.me()
    except Unauthorised:
        raise
    except TelegramError as error:
        raise BadInvitation("Telegram cannot be reached, and the link needs the bot's name") from error
    finally:
        await telegram.close()
    database = Database(settings.database_url)
    try:
        await database.migrate(now)
        async with database.begin() as session:
            person, token = await invite(
                session,
                Role(asked.role),
                asked.alias,
                language=asked.language or settings.language,
                timezone=timezone,
                region=settings.region,
                secret=settings.secret_keys[0],
                now=now,
            )
            if asked.nurse_a or asked.nurse_b:
                if person.role != Role.CLIENT:
                    raise BadInvitation("--nurse-a and --nurse-b are for a client")
                nurses = {
                    nurse.alias.casefold(): nurse.id for nurse in await queries.people_with_role(session, Role.NURSE)
                }
                ids = [nurses.get((alias or "").casefold()) for alias in (asked.nurse_a, asked.nurse_b)]
                if ids[0] is None or ids[1] is None or ids[0] == ids[1]:
                    raise BadInvitation("a pair is two different nurses who were invited under these aliases")
                await apply(session, person, await set_pair(session, person, ids[0], ids[1], now, None), now)
    finally:
        await database.close()
    return link(bot_name, token)
