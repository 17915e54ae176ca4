"""Makes a package: python3 packaging/build.py deb|portable|run|windows|macos

The app is frozen first (frozen.py), in an environment of its own; each kind of package is a file in kinds/, which puts
that folder into what people download. Everything comes to lie in dist/."""

from __future__ import annotations

import argparse
import sys
import time
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the app's own facts stand there

import frozen

KINDS = ("deb", "portable", "run", "windows", "macos")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("packaging/build.py", description=__doc__)
    parser.add_argument("kinds", nargs="+", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    given = parser.parse_args(arguments)
    began = time.monotonic()
    folder = frozen.make()
    print(f"frozen: {folder}, {frozen.megabytes(folder):.1f} MB, {time.monotonic() - began:.0f} s", flush=True)
    for kind in given.kinds:
        began = time.monotonic()
        made: Path = import_module(f"kinds.{kind}").build(folder, frozen.DIST)
        print(f"{kind}: {made}, {made.stat().st_size / 1e6:.1f} MB, {time.monotonic() - began:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
