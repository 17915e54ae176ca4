"""Run by another Python, this prints who that Python is, as one JSON line. Any Python can read this file, even 2.7, so
that one that is too old says so itself. `abilities` has what only a possible lab is asked."""

import json
import os
import platform
import sys
import sysconfig

OLDEST = (3, 8)


def facts():  # type: () -> dict[str, object]
    return {
        "path": sys.executable,
        "version": platform.python_version(),
        "implementation": platform.python_implementation(),
        "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
        "gil_enabled": getattr(sys, "_is_gil_enabled", lambda: True)(),
    }


if __name__ == "__main__":
    said = facts()
    said["started_by"] = os.getppid() if hasattr(os, "getppid") else 0
    if sys.version_info >= OLDEST:
        from playground.lab.asked import abilities

        said.update(abilities.all_of_them())
    print(json.dumps(said))
