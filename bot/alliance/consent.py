"""The version of the consent text, kept with every yes. Raise it whenever the meaning of ``consent.ask`` changes."""

CONSENT_VERSION = 2
