"""Why there is no script: for people, at the button that is off."""

from __future__ import annotations


class NoScript(Exception):
    """Not every job fits every model in a short program. The words say why."""
