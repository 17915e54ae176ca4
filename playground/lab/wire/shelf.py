"""Finds the models and jobs: every file in `models/` and `jobs/` is one, named by its NAME. Nothing is registered
anywhere; to add one is to add a file. A file that cannot be imported here is listed with the reason."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import Any

from . import ops

FOLDERS = ("models", "jobs")
LAB = __name__.rsplit(".", 2)[0]  # the package in which they are


def names(folder: str) -> list[str]:
    """The names in a folder, as typed: the file's name with dashes, in the order the files ask for."""
    package = importlib.import_module("%s.%s" % (LAB, folder))
    found = [info.name for info in pkgutil.iter_modules(package.__path__) if not info.name.startswith("_")]
    return [name.replace("_", "-") for name in found]


def load(folder: str, name: str) -> ModuleType:
    return importlib.import_module("%s.%s.%s" % (LAB, folder, name.replace("-", "_")))


def describe(folder: str) -> list[dict[str, Any]]:
    """One dictionary for each model or job, available or not."""
    entries: list[dict[str, Any]] = []
    for name in names(folder):
        try:
            module = load(folder, name)
        except Exception as problem:
            entries.append({"name": name, "title": name, "available": False, "why": repr(problem), "order": 999})
            continue
        why = module.unavailable() if hasattr(module, "unavailable") else None
        entries.append(
            {
                "name": module.NAME,
                "title": module.TITLE,
                "summary": module.SUMMARY,
                "claim": getattr(module, "CLAIM", ""),
                "look": getattr(module, "LOOK", ""),
                "available": why is None,
                "why": why,
                "order": module.ORDER,
                "unit": getattr(module, "UNIT", ""),
                "work": getattr(module, "WORK", ""),
                "hosts": list(getattr(module, "HOSTS", ())),
                "shared_gil": getattr(module, "SHARED_GIL", False),
                "one_process": getattr(module, "ONE_PROCESS", True),
                "worker": list(getattr(module, "WORKER", ("worker", "workers"))),
                "own_gils": getattr(module, "OWN_GILS", False),
                "one_loop": getattr(module, "ONE_LOOP", False),
                "awaits": getattr(module, "AWAITS", False),
                "at_once": getattr(module, "AT_ONCE", True),
                "together": getattr(module, "TOGETHER", False),
                "in_a_loop": {name: list(values) for name, values in getattr(module, "IN_A_LOOP", {}).items()},
                "each_mb": getattr(module, "EACH_MB", None),
                "ops": list(ops.names(ops.needs(module) if folder == "jobs" else ops.able(module))),
                "knobs": [knob._asdict() for knob in getattr(module, "KNOBS", ())],
            }
        )
    return sorted(entries, key=lambda entry: (entry["order"], entry["name"]))
