"""Why a model that needs installed packages cannot run in this Python, and the command that mends it. Packages are
looked for, never imported: models are described in places that have no use for them."""

from __future__ import annotations

import importlib.util
import sys
from typing import Optional


def missing(**packages: str) -> Optional[str]:
    """None if all can be imported. By name, as imported, what has to be installed for it."""
    lacking = [package for module, package in packages.items() if importlib.util.find_spec(module) is None]
    if not lacking:
        return None
    return 'needs %s: "%s" -m pip install %s' % (" and ".join(lacking), sys.executable, " ".join(lacking))
