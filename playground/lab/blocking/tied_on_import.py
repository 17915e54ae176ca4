"""Importing this ties the importing process to the lab. A fork server preloads it, as it takes no other orders; without
it the server and its workers keep each other alive for ever when the lab is killed. An environment variable names the
lab: one that was killed a moment ago is nobody's parent any more, and must be missed."""

from __future__ import annotations

import os

from ..watching import machine

VARIABLE = "CONCURRENCY_PLAYGROUND_LAB"

if VARIABLE in os.environ:
    machine.die_with_parent(int(os.environ[VARIABLE]))
