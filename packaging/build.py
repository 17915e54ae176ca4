"""Makes a package: python3 packaging/build.py deb|portable|run|appimage|windows|macos

The app is frozen first (frozen.py), in an environment of its own; each kind of package is a file in kinds/, which puts
that folder into what people download. Everything comes to lie in dist/. Without a kind, it is frozen and that is all.

A package is made on the system that it is for. The one for Windows can be tried on Linux: with
WINDOWS_PYTHON=wpy, where wpy starts a Windows Python under Wine (windows/under_wine.py)."""

from __future__ import annotations

import argparse
import os
import sys
import time
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the app's own facts stand there

import frozen
from windows import under_wine

KINDS = ("deb", "portable", "run", "appimage", "windows", "macos")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("packaging/build.py", description=__doc__)
    parser.add_argument("--this-python", action="store_true", help="freeze with the packages of this one")
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(KINDS))
    given = parser.parse_args(arguments)
    if unknown := {*given.kinds} - {*KINDS}:  # argparse's own choices forbid to give none, before Python 3.12
        parser.error(f"there is no kind {', '.join(sorted(unknown))}: {', '.join(KINDS)}")
    began = time.monotonic()
    wine_python = os.environ.get("WINDOWS_PYTHON")
    if given.kinds == ["windows"] and os.name != "nt" and wine_python:
        folder = under_wine.frozen_folder(Path(wine_python))
    else:
        folder = frozen.make(Path(sys.executable) if given.this_python else None)
    print(f"frozen: {folder}, {frozen.megabytes(folder):.1f} MB, {time.monotonic() - began:.0f} s", flush=True)
    frozen.DIST.mkdir(parents=True, exist_ok=True)  # it was frozen elsewhere, if under Wine
    for kind in given.kinds:
        began = time.monotonic()
        made: Path = import_module(f"kinds.{kind}").build(folder, frozen.DIST)
        print(f"{kind}: {made}, {made.stat().st_size / 1e6:.1f} MB, {time.monotonic() - began:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
