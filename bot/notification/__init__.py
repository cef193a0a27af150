"""Whom to tell, and when. Pure: (alert, people, now) in, steps out; nothing here sends or stores."""
