"""The reason why a recipe has no script: shown to people at the button that is off."""

from __future__ import annotations


class NoScript(Exception):
    """Not every job fits every model in a short program. The exception's words say why."""
