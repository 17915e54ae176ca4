"""One file that unpacks itself and starts the app: for who wants neither to install nor to unpack. It needs no FUSE.
The first start unpacks into the user's cache, by the sum of its content; later starts find it there."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import identity
from frozen import EPOCH
from linux import desktop_files


def build(frozen: Path, out: Path) -> Path:
    work = out / "run"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    archive = work / "app.tar.xz"
    same = ["--sort=name", f"--mtime=@{EPOCH}", "--owner=0", "--group=0", "--numeric-owner", "--format=gnu"]
    subprocess.run(
        ["tar", *same, "-C", str(frozen.parent), "-cf", str(archive), "-I", "xz -9 -T0", frozen.name], check=True
    )
    start = work / "start.sh"
    key = hashlib.sha256(archive.read_bytes()).hexdigest()[:16]
    start.write_text(desktop_files.filled("start.sh").replace("@KEY@", key), encoding="utf-8")
    start.chmod(0o755)
    made = out / f"{identity.COMMAND}-{identity.VERSION}-linux-{os.uname().machine}.run"
    for path in sorted(work.iterdir()):
        os.utime(path, (EPOCH, EPOCH))
    # The archive is compressed, so makeself need not do it again. --nox11: it shall open no terminal of its own.
    quiet = ["--nocomp", "--nox11", "--noprogress", "--quiet", "--nomd5", "--nocrc", "--sha256"]
    command = ["makeself", *quiet, "--packaging-date", "2020-01-01", str(work), str(made), identity.NAME, "./start.sh"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(work)
    return made
