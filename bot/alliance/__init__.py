"""What the words of the alliance mean. Pure: no clock, no database, no Telegram, no language."""
