"""Alliance: a Telegram bot that carries the alliance between a client and two nurses between visits."""

__version__ = "0.1.0.dev0"
