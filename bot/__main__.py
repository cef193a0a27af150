"""``python -m bot`` is ``alliance``."""

from bot.cli import main

main()
