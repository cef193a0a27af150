"""Conversations with a client, one file each. Pure: (what is known, what was answered, now) → a turn of effects.

A dialogue asks with ``Ask`` and gets the answer back in its ``answer`` function, whether it was tapped or typed.
No dialogue reads a clock, a database or a language.
"""
