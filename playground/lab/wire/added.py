"""A folder of the user's own beside the app's: `models`, `jobs` and `hosts` in it are found as the app's own are. An
environment variable names it, and labs and their processes inherit that. It must be a whole path: what lies in the
current folder, or beside a recipe, is never imported."""

from __future__ import annotations

import os
from typing import List

VARIABLE = "CONCURRENCY_PLAYGROUND_ADDED"


def folders(*kinds: str) -> List[str]:
    """Where else to look for files of these kinds; to be added to the `__path__` of their package."""
    place = os.environ.get(VARIABLE, "")
    return [os.path.join(place, kind) for kind in kinds] if os.path.isabs(place) else []
