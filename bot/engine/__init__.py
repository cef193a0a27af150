"""The shell: receives updates, applies decisions, ticks, sends. Opens and commits every transaction."""
