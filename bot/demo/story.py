"""A two-minute story that plays itself: enrolment, a hard check-in, an alert, and what follows."""

from bot.demo.street import Street


async def play(street: Street) -> None:
    """Play the story once."""
