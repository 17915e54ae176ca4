"""Who had each core: worked out by hand for workers, what a run needs beside them, this app, and other programs."""

from __future__ import annotations

import numpy as np
import pytest

from playground.figures import core_parts
from playground.figures.core_parts import APP, OTHER, OWN, LiveRun, attributed
from playground.hosts import CoreSample
from playground.lab.wire import ring
from playground.reading.lab_time import LabTime, Part
from playground.reading.rings import RECORD
from playground.recipe.recipe import Recipe
from tests.core.recorded import RecordedLanes

MS = 1_000_000
START = 10**12
SLOT = 3


class MadeUp:
    """A run whose lab took so much (ms) of the 100 ms of a sample."""

    number = 7

    def __init__(
        self,
        total: float = 0.0,
        own: dict[int, float] | None = None,
        probe: dict[int, float] | None = None,
        model: str = "threads",
        host: str = "lab",
    ) -> None:
        self.recipe = Recipe(workers=2, model=model, host=host)
        self.lanes = RecordedLanes(2, shared_gil=False)
        self.lab_cpu: LabTime | None = None
        if host == "lab":
            cpu = self.lab_cpu = LabTime()
            end = START + 100 * MS
            cpu._looks = [(START, 0), (end, round(total * MS))]
            on = [{core: round(ms * MS) for core, ms in (cores or {}).items()} for cores in (own, probe)]
            cpu._parts = [Part(START, end, *on)]

    def ran(self, lane: int, core: int, ms: int, kind: int = ring.RUN) -> None:
        self.lanes.write(np.array([(START, START + ms * MS, ms * MS, 0, lane, core, kind, 0, 0)], RECORD))
        self.lanes.settled()


def parts_of(
    run: MadeUp | None, usage: list[float], app: dict[int, float] | None = None
) -> tuple[list[dict[int, float]], list[str | None], float]:
    """By core: layer → part; who had most of it; and what other programs had in all."""
    on_core = {core: round(ms * MS) for core, ms in (app or {}).items()}
    sample = CoreSample(START + 100 * MS, 100 * MS, np.array(usage, np.float32), on_core)
    parts, owners, others = attributed(sample, [] if run is None else [LiveRun(run, SLOT)])
    told = [{int(layer): round(float(core[layer]), 3) for layer in np.flatnonzero(core > 1e-3)} for core in parts]
    return told, [None if owner is None else owner.name for owner in owners], round(others, 3)


def test_what_a_lab_takes_beside_its_workers_is_its_own() -> None:
    run = MadeUp(total=90, own={1: 30})
    run.ran(lane=1, core=0, ms=60)
    parts, owners, others = parts_of(run, [0.7, 0.3])
    assert parts == [{SLOT + 1: 0.6, OTHER: 0.1}, {OWN + SLOT: 0.3}]
    assert owners == ["7B", "run 7"]
    assert others == 0.1


def test_while_it_starts_there_are_no_workers_and_nobody_else_to_blame() -> None:
    parts, owners, others = parts_of(MadeUp(total=180, own={0: 90, 1: 90}), [0.9, 0.9])
    assert parts == [{OWN + SLOT: 0.9}, {OWN + SLOT: 0.9}]
    assert owners == ["run 7", "run 7"]
    assert others == 0


def test_a_thread_that_moved_leaves_nothing_that_others_could_be_blamed_for() -> None:
    """It was seen on core 1, and had run on core 0 as long."""
    parts, _, others = parts_of(MadeUp(total=80, own={1: 80}), [0.4, 0.4])
    assert parts == [{OWN + SLOT: 0.4}, {OWN + SLOT: 0.4}]
    assert others == 0


def test_what_nobody_saw_on_a_core_is_put_where_nothing_else_explains_it() -> None:
    """Processes that came and went between two looks."""
    parts, _, others = parts_of(MadeUp(total=50), [0.0, 0.8])
    assert parts == [{}, {OWN + SLOT: 0.5, OTHER: 0.3}]
    assert others == 0.3


def test_of_a_loops_thread_what_its_workers_ran_is_theirs() -> None:
    run = MadeUp(total=80, own={0: 80}, model="asyncio")
    run.ran(lane=0, core=0, ms=50)
    parts, owners, _ = parts_of(run, [0.8, 0.0])
    assert parts == [{SLOT: 0.5, OWN + SLOT: 0.3}, {}]
    assert owners == ["7A", None]


def test_where_a_loops_thread_ran_and_no_worker_did_it_was_the_loop() -> None:
    run = MadeUp(total=80, own={0: 50, 1: 30}, model="asyncio")
    run.ran(lane=0, core=0, ms=50)
    parts, _, others = parts_of(run, [0.8, 0.3])
    assert parts == [{SLOT: 0.5, OTHER: 0.3}, {OWN + SLOT: 0.3}]
    assert others == 0.3


def test_a_worker_that_has_not_told_yet_is_not_taken_for_the_lab() -> None:
    """It is in the middle of something that takes long: its thread is a worker's, so it is none of the lab's own."""
    run = MadeUp(total=90, own={1: 20})
    run.lanes.live.set_tails(np.array([1]), np.array([ring.RUN]), np.array([START + 10 * MS]))
    parts, _, others = parts_of(run, [0.7, 0.2])
    assert parts == [{SLOT + 1: 0.7}, {OWN + SLOT: 0.2}]
    assert others == 0


def test_this_app_and_its_probe_are_no_other_programs() -> None:
    run = MadeUp(total=10, own={0: 10}, probe={0: 5})
    parts, _, others = parts_of(run, [0.25, 0.5], app={0: 10, 1: 20})
    assert parts == [{OWN + SLOT: 0.1, APP: 0.15}, {APP: 0.2, OTHER: 0.3}]
    assert others == 0.3


def test_workers_in_this_app_are_told_once() -> None:
    run = MadeUp(host="app")
    run.ran(lane=0, core=0, ms=60)
    parts, _, others = parts_of(run, [0.8, 0.0], app={0: 70})
    assert parts == [{SLOT: 0.6, APP: 0.1, OTHER: 0.1}, {}]
    assert others == 0.1


@pytest.mark.parametrize(("usage", "others"), [(0.3, 0.3), (0.0, 0.0)])
def test_without_a_run_all_is_other_programs(usage: float, others: float) -> None:
    told, _, left = parts_of(None, [usage])
    assert told == [{OTHER: others}] if others else [{}]
    assert left == others


def test_ticks_that_tell_too_little_are_kept_as_they_are_so_that_the_mean_is_right() -> None:
    run = MadeUp(total=100, own={0: 100})
    assert parts_of(run, [0.9])[2] == -0.1
    assert parts_of(run, [1.0])[2] == 0


def test_time_that_a_part_covers_only_partly_counts_for_that_part() -> None:
    run = MadeUp(total=80)
    assert run.lab_cpu is not None
    run.lab_cpu._parts = [Part(START - 100 * MS, START + 100 * MS, {0: 160 * MS})]
    parts, _, _ = parts_of(run, [0.8, 0.8])
    assert parts == [{OWN + SLOT: 0.8}, {OTHER: 0.8}]


def test_workers_that_told_of_more_than_the_system_has_counted_leave_nothing_to_their_lab() -> None:
    run = MadeUp(total=0)
    run.ran(0, core=0, ms=60)
    told, owners, others = parts_of(run, [0.6, 0.2])
    assert [part.get(int(OWN), 0.0) for part in told] == [0.0, 0.0]
    assert owners[0] == "7A"
    one = core_parts._Sample(CoreSample(START, 100 * MS, np.array([0.6, 0.2], np.float32), {}))
    assert one.put(OWN, np.zeros(2), -0.5).tolist() == [0.0, 0.0]
    assert others == pytest.approx(0.2)
