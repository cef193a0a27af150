"""Webhook mode: posts waiting updates, one at a time and in order, to the address the bot has set.

Decides when an update counts as taken (a 2xx answer) and when to try again. Refuses to know what an update
says. Telegram keeps several posts under way at once; one at a time is the plainer half of that.
"""

from __future__ import annotations

import asyncio
import contextlib

import aiohttp

from bot.demo.pretend_faults import Faults
from bot.demo.pretend_state import PretendState

AGAIN_AFTER = 0.05  # real seconds before an update that was not taken is posted again
PATIENCE = aiohttp.ClientTimeout(total=60)  # Telegram gives a webhook about a minute to answer
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  the name of a header


class Deliveries:
    """The posting of updates while a webhook is set."""

    def __init__(self, state: PretendState, faults: Faults) -> None:
        self._state = state
        self._faults = faults
        self._task: asyncio.Task[None] | None = None

    def restart(self) -> None:
        """Begins anew with the webhook as it is set now; stops where there is none."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if self._state.webhook["url"]:
            self._task = asyncio.create_task(self._deliver())

    async def close(self) -> None:
        """Stops posting; what was not taken stays in the queue."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _deliver(self) -> None:
        queue, webhook = self._state.queue, self._state.webhook
        headers = {SECRET_HEADER: webhook["secret_token"]} if webhook["secret_token"] else {}
        async with aiohttp.ClientSession(timeout=PATIENCE, headers=headers) as session:
            while True:
                update = queue.first()
                if update is None:
                    await queue.arrival()
                elif not self._faults.down and await self._post(session, webhook["url"], update):
                    queue.confirm(update["update_id"] + 1)
                else:
                    await asyncio.sleep(AGAIN_AFTER)

    async def _post(self, session: aiohttp.ClientSession, url: str, update: dict[str, object]) -> bool:
        try:
            async with session.post(url, json=update) as answer:
                trouble = "" if 200 <= answer.status < 300 else f"Wrong response from the webhook: {answer.status}"
        except (aiohttp.ClientError, TimeoutError):
            trouble = "Connection failed"
        if trouble:
            self._state.webhook["last_error_date"] = int(self._state.now().timestamp())
            self._state.webhook["last_error_message"] = trouble
        return not trouble
