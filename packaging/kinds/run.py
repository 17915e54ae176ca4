"""One file that unpacks itself and starts the app: for who wants neither to install nor to unpack. It needs no FUSE.
It is a script (linux/start.sh) with an archive behind it. The first start unpacks into the user's cache, by the sum of
the content; later starts find it there. What stands after its name is for the app, as with any other program: makeself,
which makes such files too, keeps all options to itself, unpacks at each start, and stays behind the app."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import identity
from linux import archive, desktop_files


def build(frozen: Path, out: Path) -> Path:
    packed = out / "app.tar.xz"
    archive.pack(frozen, packed)
    made = out / f"{identity.COMMAND}-{identity.VERSION}-linux-{os.uname().machine}.run"
    write(made, packed.read_bytes())
    packed.unlink()
    return made


def write(made: Path, packed: bytes) -> None:
    made.write_bytes(script(packed) + packed)
    made.chmod(0o755)


def script(packed: bytes) -> bytes:
    """What stands before the archive, and says at which byte that begins."""
    words = desktop_files.filled("start.sh", identity.PROGRAM)
    words = words.replace("@KEY@", hashlib.sha256(packed).hexdigest()[:16])
    return words.replace("@BEGIN@", f"{len(words.encode()) + 1:0{len('@BEGIN@')}}").encode()
