"""How busy the computer was while each run went on."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from playground.figures.records import RunStatistics
from tests.core.made_runs import made
from ui.runs.busy_cores import Busy


def looked(busy: Busy, figures: Sequence[RunStatistics], *noted: float) -> None:
    for cores in noted:
        busy.note(cores)
    busy.look(figures, fmean(noted) - 1.0 if noted else 9.0)


def test_a_run_is_judged_by_what_there_was_while_it_ran() -> None:
    busy, run = Busy(), made(number=3)
    looked(busy, [run], 8.0)  # it has just come
    assert busy.of(run) == (0.0, 0.0)
    looked(busy, [run], 2.0, 4.0)
    assert busy.of(run) == (3.0, 2.0)
    looked(busy, [run], 6.0)
    assert busy.of(run) == (4.0, 3.0), "each sample counts alike"
    ended = made(number=3, phase="ended")
    looked(busy, [ended], 8.0)
    looked(busy, [ended], 8.0)
    assert busy.of(ended) == (4.0, 3.0)
    assert busy.of(made(number=4)) == (0.0, 0.0)
    assert busy.of(None) == (0.0, 0.0)


def test_what_comes_or_goes_is_not_told_apart_from_others_at_once() -> None:
    busy, first, second = Busy(), made(number=1), made(number=2)
    looked(busy, [first], 2.0)
    looked(busy, [first], 2.0)
    looked(busy, [first, second], 9.0)
    assert (busy.of(first), busy.of(second)) == ((2.0, 1.0), (0.0, 0.0))
    looked(busy, [first, second], 4.0)
    assert (busy.of(first), busy.of(second)) == ((3.0, 2.0), (4.0, 3.0))
    looked(busy, [first, made(number=2, phase="ended")], 9.0)
    assert busy.of(first) == (3.0, 2.0)


def test_a_run_has_to_settle_and_is_not_counted_while_paused() -> None:
    busy = Busy()
    for seconds, seen in ((0.5, 0.0), (0.99, 0.0), (1.0, 5.0)):
        looked(busy, [made(seconds=seconds)], 5.0)
        assert busy.of(made())[0] == seen
    looked(busy, [made(phase="paused")], 9.0)
    assert busy.of(made()) == (5.0, 4.0)
    looked(busy, [made()])
    assert busy.of(made()) == (5.0, 4.0), "nothing was noted"
