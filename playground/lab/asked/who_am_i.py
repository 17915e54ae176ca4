"""Run by another Python, this says who that is, as one JSON line. Only what any Python reads stands here, even 2.7: one
that is too old says so itself. `abilities` has what is asked of those that can be a lab."""

import json
import os
import platform
import sys
import sysconfig

OLDEST = (3, 8)

if __name__ == "__main__":
    said = {
        "path": sys.executable,
        "version": platform.python_version(),
        "implementation": platform.python_implementation(),
        "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
        "gil_enabled": getattr(sys, "_is_gil_enabled", lambda: True)(),
        "started_by": os.getppid() if hasattr(os, "getppid") else 0,
    }
    if sys.version_info >= OLDEST:
        from playground.lab.asked import abilities

        said.update(abilities.all_of_them())
    print(json.dumps(said))
