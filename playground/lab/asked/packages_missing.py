"""Why a model that needs installed packages cannot run in this Python, and the command that installs them. Packages are
looked for, never imported: models are also described in processes that do not use them."""

from __future__ import annotations

import importlib.util
import sys
from typing import Optional


def missing(**packages: str) -> Optional[str]:
    """None if all can be imported. `packages`: the name to import → what has to be installed for it."""
    lacking = [package for module, package in packages.items() if importlib.util.find_spec(module) is None]
    if not lacking:
        return None
    return 'needs %s: "%s" -m pip install %s' % (" and ".join(lacking), sys.executable, " ".join(lacking))
