"""Who collects garbage: Qt's objects may end in the UI thread only."""

from __future__ import annotations

import gc
import threading

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from ui.loop.collector import Collector


@pytest.fixture(autouse=True)
def nothing_to_collect() -> None:
    gc.collect()


class Cycle:
    """Says in which thread it ended."""

    def __init__(self, ended_in: list[int]) -> None:
        self._me, self._ended_in = self, ended_in

    def __del__(self) -> None:
        self._ended_in.append(threading.get_ident())


def make_much(count: int = 20) -> None:
    """As much as has Python collect so many times."""
    for _ in range(count):
        kept: list[list[object]] = [[] for _ in range(gc.get_threshold()[0] + 1)]
        del kept


def in_another_thread() -> None:
    thread = threading.Thread(target=make_much)
    thread.start()
    thread.join()


def test_another_thread_that_makes_much_collects_nothing(qtbot: QtBot) -> None:
    ended_in: list[int] = []
    parent = QObject()
    Cycle(ended_in)
    in_another_thread()
    assert ended_in == [thread for thread in ended_in if thread != threading.get_ident()] != []  # Python's own way
    ended_in.clear()
    Collector(parent, lambda: True)
    Cycle(ended_in)
    in_another_thread()
    assert ended_in == []
    kept: list[list[object]] = [[] for _ in range(gc.get_threshold()[0] + 1)]
    qtbot.waitUntil(lambda: bool(ended_in))
    assert ended_in == [threading.get_ident()]
    del kept


def test_a_full_collection_waits_until_nothing_runs(qtbot: QtBot) -> None:
    ended_in: list[int] = []
    runs = [True]
    parent = QObject()
    collector = Collector(parent, lambda: not runs)
    Cycle(ended_in)
    gc.collect(0)
    for _ in range(2):  # an old one
        gc.collect(1)
    assert ended_in
    ended_in.clear()
    old = Cycle(ended_in)
    gc.collect(0)
    gc.collect(1)
    del old
    before = gc.get_stats()[2]["collections"]
    kept: list[list[int]] = []

    def go_on(looks: int) -> None:
        for _ in range(looks):
            kept.extend([] for _ in range(gc.get_threshold()[0] + 1))
            collector._look()

    go_on(300)
    assert gc.get_stats()[2]["collections"] == before
    assert ended_in == []
    runs.clear()
    go_on(30)
    assert gc.get_stats()[2]["collections"] > before
    assert ended_in == [threading.get_ident()]
