"""A folder as a .tar.xz, which is the same to the byte whoever packs it, and when. XZ_LEVEL=1 packs in seconds what
takes minutes otherwise, for a package that is tried and thrown away."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from frozen import EPOCH

SAME = (
    *("--sort=name", f"--mtime=@{EPOCH}", "--owner=0", "--group=0", "--numeric-owner", "--format=gnu"),
    "--mode=u=rwX,go=rX",  # whatever the umask was, and so that others may start what one has unpacked
)


def pack(folder: Path, made: Path) -> None:
    # One thread: several write other bytes than one does, and all of this is a single block anyway.
    compress = f"xz -{os.environ.get('XZ_LEVEL', '9')} -T1"
    subprocess.run(["tar", *SAME, "-cf", made, "-I", compress, folder.name], cwd=folder.parent, check=True)
