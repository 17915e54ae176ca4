"""Concurrency Playground as a package that pip installs: one folder beside other people's packages, with the rooms of
the app inside. They import each other as they do in a checkout, so their folder comes first on the path. In a checkout
that is installed to be edited, this stands two folders below them."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE if (HERE / "playground").is_dir() else HERE.parents[1]


def main() -> int:
    sys.path.insert(0, str(ROOT))
    from playground.cli import dispatch

    try:
        run = dispatch.prepare(sys.argv[1:])  # None: the window is wanted
        if run is None:
            from ui import app

            run = app.main
        return run(sys.argv[1:])
    except KeyboardInterrupt:  # before anybody else listens for it
        sys.stderr.write("stopped\n")
        return 130
