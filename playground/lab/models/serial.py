"""Serial: one worker after the other, in the lab's main thread. What every other model is compared with."""

from __future__ import annotations

from ..blocking import Blocking
from ..running import Lab

NAME = "serial"
TITLE = "Serial"
SUMMARY = "one after the other"
WORKER = ("worker", "workers")
ORDER = 1
HOSTS = ("lab", "ui")
SHARED_GIL = False
ONE_PROCESS = True
AT_ONCE = False


def run(lab: Lab) -> None:
    carry_out = Blocking(lab.things())
    for index in range(lab.count):
        if lab.stopping:
            break
        lab.work(index, carry_out)
