"""Telegram made real: the only importer of python-telegram-bot and of aiohttp's client.

python-telegram-bot is to give durations as timedelta; without this it warns at each 429.
"""

import os

os.environ.setdefault("PTB_TIMEDELTA", "true")
