"""The thread that watches labs: its end, with runs that are alive."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

from pytestqt.qtbot import QtBot

from ui.workers.lab_worker import LabWorker

SLOW_S = 0.1


class SlowRun:
    """It is being looked at for most of the time."""

    number, gone = 1, False
    engine = SimpleNamespace(leaving=False, last_s=0.0)

    def __init__(self) -> None:
        self.looks = 0
        self.left_in: list[int] = []

    def start(self) -> None:
        pass

    def poll(self) -> None:
        self.looks += 1
        time.sleep(SLOW_S)

    def leave(self) -> None:
        self.left_in.append(threading.get_ident())

    def see_off(self) -> None:
        pass

    def close(self) -> None:
        self.gone = True


def test_runs_are_left_by_the_thread_of_their_labs_before_it_ends(qtbot: QtBot) -> None:
    """The kernel ends labs with that thread, and then nobody sees any more what belonged to them."""
    worker, run = LabWorker(), SlowRun()
    worker.start(run)
    qtbot.waitUntil(lambda: run.looks > 1)
    worker.shut_down()
    assert run.left_in[0] != threading.get_ident()
    assert run.gone
