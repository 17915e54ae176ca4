"""Models with workers that take turns in one thread: how they take turns, what is counted, what happens when a worker
does not let the others go on, and ten thousand at once. `test_models` has what holds for every model."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator

import pytest

from playground import catalogue
from playground.figures.finished import FinishedRun, as_json
from playground.figures.records import LoopFigures
from playground.lab.asked import packages_missing
from playground.lab.models import monocle as monocle_model
from playground.lab.models import stackless as stackless_model
from playground.lab.wire import ring
from playground.recipe.recipe import Recipe, checked
from playground.run.run import Run
from tests.core import pythons
from tests.core.labs import finished, forget_added, made_of, ops, running, to_the_end, until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="its figures are of time, and were never seen elsewhere")

LOOPS = [entry.name for entry in catalogue.models() if entry.one_loop and pythons.that_can(entry.name) is not None]
AFTER_EACH_CALL = {"yields": "after each call"}
CAN_CHOOSE = [name for name in LOOPS if "yields" in {knob.name for knob in catalogue.model(name).knobs}]
TRACED = [name for name in LOOPS if name in ("gevent", "greenlet")]
COUNTED = [name for name in LOOPS if name not in (*TRACED, "asyncio-to-thread")]  # in rounds: each worker once in each

JOBS = {
    # the first goes on when the second has been there, and keeps its thread until then
    "patient": """
import os, time
shared, uses = {"begun": EVENT}, (Call, Sleep, Set)

def wait(limit):
    while not os.path.exists("there") and time.monotonic() < limit:
        time.sleep(0.005)
    return os.path.exists("there")

def ops(worker, amount):
    if worker == 0:
        yield Set("begun")  # no part of what a lab times before the start: that ends at such an op
        return (yield Call(wait, time.monotonic() + LIMIT))
    yield Sleep(0.02)
    yield Call(os.mkdir, "there")
""",
    "who": """
import threading

def ops(worker, amount):
    here = threading.get_native_id()
    there = yield Call(threading.get_native_id)
    return here == there
""",
}


@pytest.fixture(scope="module", autouse=True)
def own_jobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        jobs = {name: source.replace("LIMIT", "1") for name, source in JOBS.items()}
        jobs["very_patient"] = JOBS["patient"].replace("LIMIT", "60")
        made_of(tmp_path_factory.mktemp("lab"), monkeypatch, **jobs)
        yield
    forget_added()


def recipe_of(model: str, job: str = "primes", knobs: dict[str, object] | None = None, **fields: object) -> Recipe:
    """For a Python that can: most models run here."""
    known = {knob.name for knob in (*catalogue.model(model).knobs, *catalogue.job(job).knobs)}
    own = {name: value for name, value in (knobs or {}).items() if name in known}
    given = {"workers": 3, "interpreter": pythons.that_can(model), **fields}
    return checked(Recipe(job=job, model=model, knobs=own, **given))


def loop_of(run: Run) -> LoopFigures:
    figures = run.statistics().loop
    assert figures is not None
    return figures


def states(run: Run) -> list[int]:
    return [int(state) for state in run.rings.column(ring.W_STATE)]


# --- taking turns


@pytest.mark.parametrize("model", CAN_CHOOSE)
def test_a_worker_that_never_lets_go_keeps_the_others_waiting_and_the_loop_late(model: str) -> None:
    with running(recipe_of(model)) as run:
        until(run, lambda: ops(run) > 50)
        assert states(run) == [ring.RUN, ring.TURN, ring.TURN]
        assert [worker.state for worker in run.statistics().workers] == ["running", "queued", "queued"]
        late = loop_of(run).late_max_ms
        until(run, lambda: loop_of(run).late_max_ms > late + 100)
        assert loop_of(run).late_p50_ms > 100, "no beat came, but one is overdue"
        assert [bool(begun) for begun in run.rings.column(ring.W_STARTED)] == [True, False, False]
        run.stop()
        to_the_end(run)
        assert run.statistics().start_all_ms is None, "the others never came to their turn"
        assert [worker.state for worker in run.statistics().workers] == ["ended", "not started", "not started"]
        shares = [worker.share for worker in run.statistics().workers]
        assert [share.wait_turn > 0.9 for share in shares] == [False, True, True]
        assert [share.total() for share in shares] == pytest.approx([1, 1, 1])


@pytest.mark.parametrize("model", LOOPS)
def test_workers_that_let_go_after_each_call_come_to_their_turns(model: str) -> None:
    with running(recipe_of(model, knobs=AFTER_EACH_CALL)) as run:
        until(run, lambda: run.rings.column(ring.W_OPS).min() > 20 and loop_of(run).beats > 5)
        run.stop()
        to_the_end(run)
        for worker in run.statistics().workers:
            share = worker.share
            assert share.io == share.sleep == 0
            assert share.run > 0
            assert share.wait_turn > 0.2, "two others had theirs meanwhile"
            assert share.total() == pytest.approx(1)


@pytest.mark.parametrize("model", LOOPS)
def test_sleepers_sleep(model: str) -> None:
    with finished(recipe_of(model, "sleep", {"nap": 0.5}, workers=20, amount=2)) as run:
        figures = run.statistics()
        assert figures.outcome == "finished", figures.error
        for worker in figures.workers:
            assert worker.share.sleep > 0.6, worker
            assert worker.share.io == 0
            assert worker.share.blocked < 0.01, "when its thread slept is not known to the microsecond"
            assert 0 < worker.share.run < 0.1, "to go to sleep takes a moment"
            assert worker.share.total() == pytest.approx(1)


# --- switches


@pytest.mark.parametrize("model", COUNTED)
def test_each_time_that_another_worker_goes_on_is_a_switch(model: str) -> None:
    with finished(recipe_of(model, knobs=AFTER_EACH_CALL, workers=4, amount=50)) as run:
        assert run.engine.outcome == "finished", run.engine.error
        assert run.directory.word(ring.C_SWITCHES) == 4 * (50 + 1)
        figures = run.statistics()
        assert loop_of(run).switches_per_s == pytest.approx(4 * 51 / figures.seconds)
        assert as_json(FinishedRun(figures))["loop"]["switches_source"] == "counted"


@pytest.mark.parametrize("model", COUNTED)
def test_a_worker_that_is_alone_switches_with_nobody(model: str) -> None:
    with finished(recipe_of(model, "sleep", {"nap": 0.001}, workers=1, amount=20)) as run:
        assert run.directory.word(ring.C_SWITCHES) == 1


@pytest.mark.parametrize("model", TRACED)
def test_greenlet_tells_of_its_switches_to_the_hub_and_back(model: str) -> None:
    with finished(recipe_of(model, "sleep", {"nap": 0.001}, workers=1, amount=50)) as run:
        beats = loop_of(run).beats
        assert 2 * 50 <= run.directory.word(ring.C_SWITCHES) <= 2 * (50 + beats) + 20
        assert as_json(FinishedRun(run.statistics()))["loop"]["switches_source"] == "trace"


# --- very many


@pytest.mark.parametrize("model", [name for name in LOOPS if name not in ("monocle", "stackless")])
def test_ten_thousand_sleep_at_once(model: str) -> None:
    with running(recipe_of(model, "sleep", {"nap": 10.0}, workers=10_000)) as run:
        until(run, lambda: bool((run.rings.column(ring.W_STATE) == ring.SLEEP).all()))
        until(run, lambda: run.statistics().start_all_ms is not None)
        assert len({worker.tid for worker in run.statistics().workers[::1000]}) == 1
        run.stop()
        to_the_end(run)
        assert run.engine.outcome == "stopped"
        assert run.rings.lost == 0


@pytest.mark.parametrize("model", [name for name in LOOPS if name in ("greenlet", "generators")])
def test_making_very_many_is_no_part_of_what_the_loop_needs(model: str) -> None:
    with finished(recipe_of(model, "sleep", {"nap": 0.0001}, workers=20_000, amount=1)) as run:
        assert loop_of(run).cores <= 1.02, "it is one thread, and counts from when its first worker began"


# --- asyncio and to_thread


def test_the_loop_goes_on_while_a_thread_keeps_a_worker_waiting() -> None:
    with finished(recipe_of("asyncio-to-thread", "very-patient", workers=2)) as run:
        assert run.engine.outcome == "finished", run.engine.error
        assert [report.result for report in run.directory.reports() if report.worker == 0] == [True]
        waited = run.statistics().workers[0]
        assert waited.ops == 2
        assert waited.share.total() == pytest.approx(1)


def test_without_threads_the_loop_does_not_go_on() -> None:
    with finished(recipe_of("asyncio", "patient", workers=2)) as run:
        assert run.engine.outcome == "finished", run.engine.error
        assert [report.result for report in run.directory.reports() if report.worker == 0] == [False]
        assert loop_of(run).late_max_ms > 900


def test_calls_are_made_in_other_threads_than_the_loops() -> None:
    for model, here in (("asyncio-to-thread", False), ("asyncio", True)):
        with finished(recipe_of(model, "who")) as run:
            assert [report.result for report in run.directory.reports()] == [here] * 3


# --- monocle


@pytest.mark.skipif("monocle" not in LOOPS, reason="monocle is not installed")
def test_monocle_waits_a_tenth_of_a_second_after_each_task_when_no_socket_is_open() -> None:
    with finished(recipe_of("monocle", "sleep", {"nap": 0.001, "open_socket": "no"}, workers=2, amount=2)) as run:
        assert run.engine.outcome == "finished", run.engine.error
        tasks = 2 + 2 * 2  # each worker begins, and wakes twice; the loop carries out one a turn
        assert run.statistics().seconds > 0.1 * (tasks - 2)


def test_tasks_of_monocle_that_are_due_at_the_same_moment_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monocle = pytest.importorskip("monocle")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # asyncore is deprecated
        pytest.importorskip("asyncore")
        monocle.init("asyncore")
        from monocle.asyncore_stack import eventloop

    moment = eventloop.time.time()
    monkeypatch.setattr(eventloop.time, "time", lambda: moment)
    loop, called = eventloop.EventLoop(), []
    tasks = monocle_model.Tasks(loop)
    for name in "abc":
        tasks.later(lambda result, name=name: called.append(name))
    while loop._queue:  # as its run() does
        _, function, arguments, _ = loop._queue.pop()
        function(*arguments)
    assert called == ["a", "b", "c"]


# --- what is missing


def test_a_missing_package_is_named_with_the_command_that_installs_it() -> None:
    assert packages_missing.missing(sys="python") is None
    lacking = packages_missing.missing(json="json", not_there_at_all="something", nor_this="else")
    assert lacking == f'needs something and else: "{sys.executable}" -m pip install something else'


def test_stackless_says_that_it_needs_pypy() -> None:
    why = stackless_model.unavailable()
    if sys.implementation.name == "pypy":
        assert why is None
    else:
        assert why is not None
        assert "needs PyPy" in why


@pytest.mark.parametrize("model", LOOPS)
def test_many_that_fetch_do_not_only_wait_for_pages(model: str) -> None:
    """A loop that is late lets those wait whose pages are there: they do not wait for I/O then."""
    with finished(recipe_of(model, "fetch", workers=100, seconds=1.0)) as run:
        share = run.statistics().share
    assert share.wait_turn > 0.005
    assert share.unknown > 0.005
    assert share.io + share.wait_turn + share.unknown > 0.9
