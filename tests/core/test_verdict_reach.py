"""How many cores a run can use, and what kept it from them."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from playground.figures.reach import Machine, begun, could_use, disturbed, owed
from playground.figures.records import GilFigures, Shares
from playground.interpreters.facts import InterpreterFacts
from tests.core.made_runs import made

MACHINE = Machine(cores=8, busy=8.0, busy_with_others=0.31, lateness_p99_ms=None)
WAIT = Shares(run=0.2, wait_gil=0.8)
FREE = InterpreterFacts(gil_enabled=False)
HASHING = GilFigures("measured", free=0.95)
HELD = GilFigures("measured", free=0.0)


@pytest.mark.parametrize(
    ("cores", "fields"),
    [
        (1, {"model": "threads"}),
        (1, {"model": "threads", "gil": HELD}),
        (1, {"model": "serial"}),
        (1, {"model": "asyncio"}),
        (1, {"model": "generators", "interpreter": FREE}),
        (1, {"model": "asyncio-to-thread"}),
        (4, {"model": "asyncio-to-thread", "interpreter": FREE}),
        (4, {"model": "threads", "interpreter": FREE}),
        (4, {"model": "threads", "interpreter": FREE, "cores": 0.0}),
        (4, {"model": "interpreter-pool"}),
        (4, {"model": "processes"}),
        (8, {"model": "processes", "workers": 64}),
        (1, {"model": "threads", "workers": 64}),
        (2, {"model": "processes-threads"}),
        (3, {"model": "processes-threads", "knobs": {"processes": 3}}),
        (4, {"model": "processes-threads", "knobs": {"processes": 64}}),
        (4, {"model": "subinterpreters"}),
        (3, {"model": "subinterpreters", "knobs": {"interpreters": 3}}),
        (4, {"model": "process-pool", "workers": 6}),
        (3, {"model": "process-pool", "workers": 6, "knobs": {"pool_size": 3}}),
        (2, {"model": "process-pool", "workers": 2}),
        (1, {"model": "thread-pool"}),
        (1, {"model": "threads", "host": "app"}),
        (1, {"model": "qthread", "host": "app"}),
        # who lets go of the GIL while it computes is not held to one core by it
        (4, {"model": "threads", "gil": HASHING, "cores": 0.9}),
        (4, {"model": "threads", "cores": 1.06}),
        (1, {"model": "threads", "cores": 1.05}),
        (2, {"model": "processes-threads", "cores": 2.1}),
        (4, {"model": "processes-threads", "cores": 2.11}),
        (4, {"model": "threads", "share": Shares(run=0.9, wait_gil=0.019)}),
        (1, {"model": "threads", "share": Shares(run=0.9, wait_gil=0.02)}),
    ],
)
def test_how_many_cores_it_can_use(cores: int, fields: dict[str, Any]) -> None:
    assert could_use(made(**{"workers": 4, "share": WAIT, **fields}), MACHINE) == cores


@pytest.mark.parametrize(("free", "cores"), [(0.249, 1), (0.25, 1), (0.251, 4)])
def test_who_runs_a_quarter_of_its_time_without_the_gil_is_not_bound(free: float, cores: int) -> None:
    """One core's worth of work in three quarters of which the GIL is held."""
    run = made(workers=4, share=WAIT, gil=GilFigures("measured", free=free))
    assert could_use(run, MACHINE) == cores
    several = made(workers=4, model="processes-threads", share=WAIT, cores=2.0, gil=run.gil)
    assert could_use(several, MACHINE) == (4 if cores == 4 else 2)


def test_only_who_has_begun_is_spoken_of() -> None:
    assert [begun(made(workers=4, begun=some)) for some in (None, 0, 3)] == [4, 0, 3]


@pytest.mark.parametrize(
    ("workers", "cores", "run", "core", "must"),
    [
        (4, 2, 0.5, 0.5, 0.5),  # 4 on 2 cores: half of their time
        (4, 2, 0.25, 0.75, 0.5),  # … also when others take more
        (3, 2, 2 / 3, 1 / 3, 1 / 3),
        (2, 2, 0.7, 0.3, 0.0),  # as many as cores: none
        (8, 2, 0.1, 0.1, 0.0),  # 8 that need a core a fifth of the time: 1.6 of 2
        (8, 2, 0.2, 0.2, 0.15),  # … two fifths: 3.2 for 2, so 1.2 of 3.2 wait
        (4, 2, 0.0, 0.0, 0.0),
    ],
)
def test_what_they_must_wait_because_of_their_own_number(
    workers: int, cores: int, run: float, core: float, must: float
) -> None:
    made_up = made(
        model="processes",
        workers=workers,
        cores=workers * run,
        share=Shares(run=run, wait_core=core, sleep=1 - run - core),
    )
    assert owed(made_up, replace(MACHINE, cores=cores)) == pytest.approx(must)


def test_who_is_let_go_on_one_at_a_time_is_never_too_many() -> None:
    """Whatever the shares say: where one has the GIL, the others do not need a core."""
    share = Shares(run=0.06, wait_core=0.53, wait_gil=0.36, sleep=0.05)
    assert owed(made(job="mix", workers=4, share=share, cores=0.24), replace(MACHINE, cores=2)) == 0.0
    assert owed(made(workers=4, share=share, cores=0.24), replace(MACHINE, cores=1)) == pytest.approx(0.34)


def computing(**fields: Any) -> bool:
    """Four processes on two cores, which got one and a half."""
    share = Shares(run=0.375, wait_core=0.625)
    others = fields.pop("others", 0.5)
    run = made(**{"model": "processes", "workers": 4, "cores": 1.5, "share": share, **fields})
    return disturbed(run, replace(MACHINE, cores=2, busy_with_others=others))


def test_others_are_blamed_for_what_they_took_only() -> None:
    assert computing()
    assert computing(others=0.3) is False
    assert computing(others=0.31)
    assert not computing(seconds=0.39)
    assert computing(seconds=0.4)
    assert not computing(share=Shares(run=0.5, wait_core=0.5), cores=2.0), "half of the time is due to their number"
    for run, cores, said in ((0.399, 1.596, True), (0.401, 1.604, False)):  # of 2 cores a fifth is missed
        assert computing(share=Shares(run=run, wait_core=1 - run), cores=cores) == said
    fifth = made(model="processes", workers=5, cores=4.0, share=Shares(run=0.8, wait_core=0.2))
    assert disturbed(fifth, replace(MACHINE, busy_with_others=4.0)), "one of five: just a fifth"


def test_who_is_ready_for_little_misses_little() -> None:
    """A worker that is asleep most of the time."""
    for ready, said in ((0.299, False), (0.3, True)):
        share = Shares(run=ready / 2, wait_core=ready / 2, sleep=1 - ready)
        assert computing(workers=1, share=share, cores=ready / 2) == said
    assert not computing(share=Shares(sleep=1.0), cores=0.0)
    pages = Shares(run=0.005, wait_core=0.02, io=0.975)  # of eight threads that fetch pages: a fifth of a core
    assert not computing(model="threads", workers=8, share=pages, cores=0.04, others=1.8)


@pytest.mark.parametrize("model", ["threads", "asyncio", "generators", "serial"])
def test_workers_that_can_use_one_core_are_disturbed_when_they_do_not_get_one(model: str) -> None:
    share = Shares(run=0.25, wait_core=0.02, wait_turn=0.365, wait_gil=0.365)
    assert not computing(model=model, share=share, cores=0.93)
    assert computing(model=model, share=replace(share, run=0.125, wait_core=0.125), cores=0.5)


def test_without_records_nobody_is_blamed() -> None:
    assert not computing(share=Shares(), cores=0.5)
