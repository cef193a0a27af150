"""The troubles the pretend Telegram makes when asked: outages, conflicts, rates, lost answers, webhooks."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest
from aiohttp import web
from telegram import Bot, Update
from telegram.error import Conflict, NetworkError, RetryAfter

from bot.demo.pretend_telegram import PretendTelegram
from tests.demo.conftest import LEO, Clock


async def test_outage_wakes_polls_and_ends(telegram: PretendTelegram, bot: Bot, zoe: int) -> None:
    async with asyncio.timeout(5):
        poll = asyncio.create_task(bot.get_updates(timeout=50))
        await telegram.queue.polled()
        telegram.down = True
        with pytest.raises(NetworkError, match="Bad Gateway"):
            await poll
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.send_message(zoe, "a")
    telegram.down = False
    await bot.send_message(zoe, "a")


async def test_another_poller_and_a_webhook_conflict(telegram: PretendTelegram, bot: Bot) -> None:
    telegram.foreign_poller = True
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await bot.get_updates()
    telegram.foreign_poller = False
    await bot.set_webhook("https://example.org/hook")
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    assert (await bot.get_webhook_info()).url == "https://example.org/hook"
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_planned_refusals(telegram: PretendTelegram, bot: Bot, zoe: int) -> None:
    words = "Too Many Requests: retry after 7"
    telegram.fail("sendMessage", status=429, description=words, retry_after=7, times=2, chat_id=zoe)
    telegram.say(LEO, "/start")
    await bot.send_message(LEO, "not the one meant")
    for _ in range(2):
        with pytest.raises(RetryAfter) as caught:
            await bot.send_message(zoe, "a")
        assert caught.value.retry_after == timedelta(seconds=7)
    await bot.send_message(zoe, "a")


async def test_an_answer_can_be_lost_after_the_message_went_out(telegram: PretendTelegram, bot: Bot, zoe: int) -> None:
    telegram.fail("sendMessage", status=502, description="Bad Gateway", after=True)
    with pytest.raises(NetworkError):
        await bot.send_message(zoe, "arrivé")
    assert telegram.chats[zoe].messages[-1].text == "arrivé"


async def test_a_held_answer_comes_after_the_message(telegram: PretendTelegram, bot: Bot, zoe: int) -> None:
    telegram.hold = 60
    async with asyncio.timeout(5):
        sending = asyncio.create_task(bot.send_message(zoe, "arrivé"))
        await telegram.changed(telegram.version)
        assert telegram.chats[zoe].messages[-1].text == "arrivé"
        assert not sending.done()
        telegram.hold = 0
        assert (await sending).text == "arrivé"


async def test_rates_follow_the_clock(telegram: PretendTelegram, bot: Bot, zoe: int, clock: Clock) -> None:
    telegram.say(LEO, "/start")
    telegram.limit(30, 0.5, burst=1)
    await bot.send_message(zoe, "1")
    with pytest.raises(RetryAfter):
        await bot.send_message(zoe, "2")
    assert telegram.journal[-1].description == "Too Many Requests: retry after 2"
    await bot.send_message(LEO, "another chat is free")
    await bot.edit_message_text("1, edited", zoe, telegram.chats[zoe].messages[-1].id)
    clock.move(seconds=2)
    await bot.send_message(zoe, "2")
    telegram.limit(2, 0)
    await bot.send_message(zoe, "a")
    await bot.send_message(zoe, "b")
    with pytest.raises(RetryAfter):
        await bot.send_message(LEO, "over two a second in all")


async def test_a_webhook_gets_updates_in_order_until_it_takes_them(
    telegram: PretendTelegram, bot: Bot, zoe: int
) -> None:
    taken: list[Update] = []
    refusals = [500]

    async def take(request: web.Request) -> web.Response:
        assert request.headers["X-Telegram-Bot-Api-Secret-Token"] == "secret"
        if refusals:
            return web.Response(status=refusals.pop())
        taken.append(Update.de_json(json.loads(await request.text()), bot))
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    await bot.set_webhook(f"http://127.0.0.1:{runner.addresses[0][1]}/hook", secret_token="secret")
    ids = [telegram.say(zoe, "un"), telegram.say(zoe, "deux")]
    await telegram.all_confirmed()
    assert [update.update_id for update in taken] == ids
    assert (await bot.get_webhook_info()).last_error_message == "Wrong response from the webhook: 500"
    await bot.delete_webhook()
    await runner.cleanup()


async def test_closing_ends_a_poll_with_nothing(telegram: PretendTelegram, bot: Bot) -> None:
    async with asyncio.timeout(5):
        poll = asyncio.create_task(bot.get_updates(timeout=50))
        await telegram.queue.polled()
        await telegram.close()
        assert await poll == ()
