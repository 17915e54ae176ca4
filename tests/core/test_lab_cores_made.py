"""Cores that a run used, from made-up sums of the system and of its workers; times in seconds."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from playground.figures import lab_cores
from playground.figures.lab_cores import cores_of
from playground.lab.wire import ring
from tests.core.recorded import RecordedLanes

S = 1_000_000_000


def made(spent: dict[float, float], told: float, lanes: RecordedLanes | None = None, **fields: Any) -> Any:
    """`spent`: CPU time of the whole lab until then; `told`: what its workers tell of."""
    known = {round(when * S): used * S for when, used in spent.items()}
    cpu = SimpleNamespace(known=True, spent_ns=known.__getitem__)
    started = fields.pop("started_ns", 11 * S)
    totals = SimpleNamespace(cpu_ns=np.array([told * S / 2, told * S / 2]), started_ns=started)
    whole = {"ended_ns": None, "ended": False, "stamped": True, "lab_cpu": cpu, "totals": totals}
    return SimpleNamespace(**(whole | fields), lanes=lanes or RecordedLanes(2, shared_gil=False, cores=2))


def used_by(run: Any, seconds: float, now: int) -> lab_cores.Cores:
    """Asked for at 10 s."""
    return cores_of(run, run.totals, 10 * S, seconds, now)


def computing(since: float) -> RecordedLanes:
    """B runs since then; A has been asleep."""
    lanes = RecordedLanes(2, shared_gil=False, cores=2)
    kinds = np.array([ring.SLEEP, ring.RUN])
    lanes.live.set_tails(np.arange(2), kinds, np.array([11 * S, round(since * S)]))
    return lanes


def test_before_its_first_worker_begins_all_is_the_labs() -> None:
    run = made({10.5: 0.2}, told=0, started_ns=None)
    assert used_by(run, 0.0, round(10.5 * S)) == (0.4, 0.0, 0.4)
    assert used_by(made({10.5: 0.2}, told=0), 0.0, round(10.5 * S)) == (0.4, 0.0, 0.4)
    assert used_by(made({10: 2 / S}, told=0, started_ns=None), 0.0, 10 * S).used == 2.0, "not by nothing"


def test_while_it_runs_what_workers_have_not_told_yet_is_theirs() -> None:
    """Of 2 s, with 1.5 s of CPU time, workers have told 1 s; one has been computing for 1 ms since."""
    run = made({11: 0.5, 13: 2.0}, told=1.0, lanes=computing(since=12.999))
    used, workers, lab = used_by(run, 2.0, 13 * S)
    assert (used, workers, lab) == pytest.approx((0.75, 0.5005, 0.2495))


def test_when_it_has_ended_they_have_told_all() -> None:
    run = made({11: 0.5, 13: 2.0}, told=1.0, lanes=computing(since=12.999), ended_ns=13 * S, ended=True)
    assert used_by(run, 2.0, 99 * S) == pytest.approx((0.75, 0.5, 0.25))


@pytest.mark.parametrize(("told", "used"), [(1.0, 0.75), (2.0, 1.0)])
def test_workers_that_tell_only_at_the_end_leave_open_what_is_theirs(told: float, used: float) -> None:
    assert used_by(made({11: 0.5, 13: 2.0}, told=told, stamped=False), 2.0, 13 * S) == (used, told / 2, None)


def test_of_very_many_it_is_not_asked_what_they_are_in_the_middle_of(monkeypatch: pytest.MonkeyPatch) -> None:
    run = made({11: 0.5, 13: 2.0}, told=1.0, lanes=computing(since=12.999))
    monkeypatch.setattr(lab_cores, "MOST_LANES", 2)
    assert used_by(run, 2.0, 13 * S).workers == pytest.approx(0.5005)
    monkeypatch.setattr(lab_cores, "MOST_LANES", 1)
    assert used_by(run, 2.0, 13 * S).workers == 0.5
