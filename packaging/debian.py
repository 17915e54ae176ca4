"""Which package of Debian a library comes from."""

from __future__ import annotations

import subprocess


def package_of(library: str) -> str:
    said = subprocess.run(["dpkg-query", "-S", f"*/{library}"], capture_output=True, text=True).stdout.splitlines()
    owners = [line.partition(":")[0] for line in said if line.endswith((f"-linux-gnu/{library}", f"/lib64/{library}"))]
    if not owners:
        raise LookupError(f"no package of this system has {library}")
    return owners[0]
