"""One fingerprint of what a Python would do when it is started, so that the user's word for it holds for that Python
alone.

It covers what decides before any code of ours runs: the file that the path leads to, its place and its bytes; the
`pyvenv.cfg` beside or above the path, which says where the rest lies; and what a Python runs by itself at its start
(`.pth` files, `sitecustomize`, `usercustomize`, `._pth`). So the user is asked again about a program that was swapped
or an environment that was redirected. Packages are left out: to install one is the everyday use of an environment, and
they run only if a run needs them. So is the standard library, thousands of files: the user's word is for a Python at
its place, and no seal on its contents."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

HOOKS = ("*.pth", "sitecustomize.py", "usercustomize.py", "sitecustomize/__init__.py", "usercustomize/__init__.py")
PACKAGES = ("lib/*/site-packages", "lib64/*/site-packages", "Lib/site-packages", "site-packages")
PIECE = 1 << 20

_State = tuple[int, int, int, int, int]
_digests: dict[_State, str] = {}  # of unchanged files: 8 to 50 MB are not read at each Run


def content(path: str) -> str | None:
    """The fingerprint of the Python at `path`; None where there is no file that could be started."""
    program = _digest(Path(path))
    if program is None:
        return None
    mark = hashlib.sha256(f"{os.path.realpath(path)}\0{program}".encode("utf-8", "surrogatepass"))
    for file in _beside(Path(path)):
        mark.update(f"\0{file.name}\0{_digest(file)}".encode("utf-8", "surrogatepass"))
    return mark.hexdigest()


def _beside(path: Path) -> Iterator[Path]:
    """The files that decide, together with the program, what it will do; always in the same order."""
    configurations = [folder / "pyvenv.cfg" for folder in (path.parent, path.parent.parent)]
    found = [file for file in configurations if file.is_file()]
    yield from found
    real = Path(os.path.realpath(path))
    for folder in dict.fromkeys((path.parent, real.parent)):
        yield from sorted(folder.glob("*._pth"))
    # Without a pyvenv.cfg, a Python finds its library from the place of its real file.
    for home in [file.parent for file in found] or [real.parent.parent]:
        for packages in PACKAGES:
            for folder in sorted(home.glob(packages)):
                for hook in HOOKS:
                    yield from sorted(folder.glob(hook))


def _digest(file: Path) -> str | None:
    """The digest of a regular file; None for anything else, as a pipe or a device could be read for ever."""
    try:
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError):
        return None
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            return None
        state = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        if state not in _digests:
            mark = hashlib.sha256()
            while piece := os.read(handle, PIECE):
                mark.update(piece)
            _digests[state] = mark.hexdigest()
        return _digests[state]
    except OSError:
        return None
    finally:
        os.close(handle)
