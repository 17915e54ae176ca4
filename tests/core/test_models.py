"""Every model there is, held to the same: it does what *serial* does, carries out each op that it says it can do and
refuses the others before anything starts, can be paused and stopped, and outlives a worker that raises.

A new model is tested by being there: the catalogue finds it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from playground import catalogue
from playground.cli import commands
from playground.lab.wire import ops as lab_ops
from playground.lab.wire import ring
from playground.lab.wire.declaration import Model
from playground.reading import states
from playground.recipe.recipe import BadRecipe, Recipe, checked
from playground.run.run import Run
from tests import matrix
from tests.core import pythons
from tests.core.labs import (
    family,
    finished,
    forget_added,
    in_group,
    left,
    made_of,
    ops,
    running,
    step,
    to_the_end,
    until,
)


def home_of(model: Model) -> str | None:
    """Which Python runs it in these tests: this one, or another that can."""
    if model.available:
        return ""
    return next((one.path for one in pythons.found().values() if one.models.get(model.name, "") is None), None)


ANY_MODEL = [entry.name for entry in catalogue.models() if "lab" in entry.hosts]
HOMES = {name: home for name in ANY_MODEL if (home := home_of(catalogue.model(name))) is not None}
MODELS = list(HOMES)
AT_ONCE = [name for name in MODELS if name != "serial"]  # … whose workers can wait for each other
POOLS = {"pool_size": 2, "processes": 2, "interpreters": 2}  # knobs that say in how many the workers are, or wait

every_model = pytest.mark.parametrize("model", MODELS)
every_model_at_once = pytest.mark.parametrize("model", AT_ONCE)

JOBS = {
    # what each op gives back decides the next: an order that differs cannot end in the same result
    "chain": """
def step(worker, number, before):
    return (before * 31 + number * 7 + worker) % 1000003

def ops(worker, amount):
    value, seen = worker, []
    for number in numbers(amount):
        if number % 3 == 2:
            nothing = yield Sleep(0.0001)
            seen.append(("sleep", nothing))
        else:
            value = yield Call(step, worker, number, value)
            seen.append(("step", value))
    return seen
""",
    "raising": """
def fail(worker):
    raise ValueError("worker %d has had enough" % worker)

def ops(worker, amount):
    for number in numbers(amount):
        yield Call(int)
        if worker == 1 and number == 5:
            yield Call(fail, worker)
    return "done"
""",
    # a number in a file, which loses counts where two are in here at once; a lab works in a folder of the run's own
    "locked": """
shared, uses = {"door": LOCK}, (Call, Sleep, Acquire, Release)

def read():
    with open("number", "a+") as file:
        file.seek(0)
        return int(file.read() or 0)

def write(number):
    with open("number", "w") as file:
        file.write(str(number))

def ops(worker, amount):
    for _ in numbers(amount):
        yield Acquire("door")
        number = yield Call(read)
        yield Sleep(0.002)
        yield Call(write, number + 1)
        yield Release("door")
    return "done"
""",
    "admitted": """
import glob, os
shared, uses = {"room": semaphore(2)}, (Call, Sleep, Acquire, Release)

def enter(worker):
    open("in-%d" % worker, "w").close()
    return len(glob.glob("in-*"))

def leave(worker):
    os.unlink("in-%d" % worker)

def ops(worker, amount):
    most = 0
    for _ in numbers(amount):
        yield Acquire("room")
        most = max(most, (yield Call(enter, worker)))
        yield Sleep(0.02)
        yield Call(leave, worker)
        yield Release("room")
    return most
""",
    "meeting": """
shared = {"room": semaphore(2), "here 0": EVENT, "here 1": EVENT}
uses = (Acquire, Release, Set, Wait)

def ops(worker, amount):
    yield Acquire("room")
    yield Set("here %d" % worker)
    yield Wait("here %d" % (1 - worker))
    yield Release("room")
    return "met"
""",
    "passing": """
shared, uses = {"belt": queue()}, (Put, Get)
TAKERS = 2

def ops(worker, amount):
    taken = []
    if worker == 0:
        for number in numbers(amount and amount * TAKERS):
            yield Put("belt", ("item", number))
    else:
        for _ in numbers(amount):
            taken.append((yield Get("belt")))
    return taken
""",
    "narrow": """
shared, uses = {"there": queue(1), "back": queue(1)}, (Put, Get)

def ops(worker, amount):
    seen = []
    for number in numbers(amount):
        if worker == 0:
            yield Put("there", number)
            seen.append((yield Get("back")))
        else:
            number = yield Get("there")
            yield Put("back", number * number)
    return seen
""",
    "full": """
shared, uses = {"belt": queue(2)}, (Call, Sleep, Put, Get)
MANY = 6

def tell(number):
    with open("told", "w") as file:
        file.write(str(number))

def told():
    try:
        with open("told") as file:
            return int(file.read() or 0)
    except FileNotFoundError:
        return 0

def ops(worker, amount):
    seen = []
    if worker == 0:
        for number in range(MANY):
            yield Put("belt", number)
            yield Call(tell, number + 1)
    else:
        while (yield Call(told)) < 2:
            yield Sleep(0.01)
        yield Sleep(0.05)
        seen.append((yield Call(told)))
        for _ in range(MANY):
            seen.append((yield Get("belt")))
    return seen
""",
    "signalled": """
import time
shared, uses = {"go": EVENT}, (Call, Sleep, Wait, Set)

def ops(worker, amount):
    if worker == 0:
        yield Sleep(0.05)
        now = yield Call(time.perf_counter)
        yield Set("go")
    else:
        yield Wait("go")
        now = yield Call(time.perf_counter)
    return now
""",
    "fetching": """
uses = (Fetch,)

def ops(worker, amount):
    pages = []
    for number in numbers(amount):
        pages.append((yield Fetch("{address}/%d/%d" % (worker, number))).decode())
    return pages
""",
    "lost": """
uses = (Fetch,)

def ops(worker, amount):
    yield Fetch("{address}/nowhere")
""",
    "waiting": """
shared, uses = {"empty": queue()}, (Get,)

def ops(worker, amount):
    yield Get("empty")
""",
    # lets go between its calls, so that those come to their turn too who only do when another waits
    "endless": """
def ops(worker, amount):
    while True:
        yield Call(divmod, 7, 3)
        yield Sleep(0.001)
""",
    # every op there is, for other Pythons
    "everything": """
shared = {"door": LOCK, "room": semaphore(2), "belt": queue(), "go": EVENT}
uses = (Call, Sleep, Fetch, Acquire, Release, Put, Get, Wait, Set)

def ops(worker, amount):
    if worker == 0:
        for _ in range(2):
            yield Put("belt", {"seven": 7})
        yield Set("go")
    else:
        yield Wait("go")
    item = {} if worker == 0 else (yield Get("belt"))
    number = 0
    for _ in numbers(amount):
        yield Acquire("room")
        yield Acquire("door")
        number = yield Call(divmod, number + 7, 1000)
        number = number[1]
        yield Sleep(0.0005)
        yield Release("door")
        yield Release("room")
    page = yield Fetch("{address}/%d" % worker)
    return [worker, item, number, page.decode()]
""",
}

HUMBLE = """
from playground.lab.wire.ops import Call, Sleep
from playground.lab.models.serial import run
from playground.lab.wire.declaration import Model
MODEL = Model("humble", "Humble", "", hosts=("lab",), order=900, can=(Call, Sleep), run=run)
"""


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        found = not self.path.startswith("/nowhere")
        self.send_response(200 if found else 404)
        self.end_headers()
        self.wfile.write(b"page " + self.path.encode())

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture(scope="module", autouse=True)
def own_jobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server, pytest.MonkeyPatch.context() as monkeypatch:
        threading.Thread(target=server.serve_forever, name="pages").start()
        address = f"http://127.0.0.1:{server.server_port}"
        jobs = {name: source.replace("{address}", address) for name, source in JOBS.items()}
        made_of(tmp_path_factory.mktemp("lab"), monkeypatch, {"humble": HUMBLE}, **jobs)
        yield
        server.shutdown()
    forget_added()


def recipe_of(model: str, job: str = "primes", knobs: dict[str, object] | None = None, **fields: object) -> Recipe:
    """Checked; a test of ops that the model says it cannot do is skipped: they have a test of their own."""
    able, needed = catalogue.model(model).op_names, catalogue.job(job).op_names
    if not set(needed) <= set(able):
        pytest.skip(f"{model} cannot do {', '.join(sorted(set(needed) - set(able)))}, and says so")
    given = {"workers": 3, "interpreter": pythons.that_can(model) or "", **fields}
    return checked(Recipe(job=job, model=model, knobs=knobs or {}, **given))


def results(run: Run) -> list[object]:
    told = {report.worker: report.result for report in run.directory.reports()}
    return [told.get(worker) for worker in range(run.recipe.workers)]


def finished_well(run: Run) -> Run:
    assert (run.engine.outcome, run.engine.error) == ("finished", None)
    assert run.statistics().progress == (1 if run.recipe.amount else None)
    assert [worker.state for worker in run.statistics().workers] == ["ended"] * run.recipe.workers
    assert [worker.share.total() for worker in run.statistics().workers] == pytest.approx([1] * run.recipe.workers)
    return run


def kinds(run: Run) -> list[list[int]]:
    """What each worker did, op by op; to wait for one's turn is none, nor to wait on after a sleep, nor what is between
    two."""
    run.rings._cursors[:] = 0
    written = run.rings.pull()
    written = written[~np.isin(written["kind"], (ring.TURN, ring.AFTER, ring.PAUSED))]
    written = written[written["flags"] & ring.BETWEEN == 0]
    return [list(written["kind"][written["task"] == worker]) for worker in range(run.recipe.workers)]


# --- the same as serial


@pytest.fixture(scope="module")
def serial() -> tuple[list[object], list[list[int]]]:
    with finished(recipe_of("serial", "chain", amount=40)) as run:
        return results(finished_well(run)), kinds(run)


@every_model
def test_every_worker_does_what_it_does_in_serial(model: str, serial: tuple[list[object], list[list[int]]]) -> None:
    with finished(recipe_of(model, "chain", amount=40)) as run:
        finished_well(run)
        assert (results(run), kinds(run)) == serial
        figures = run.statistics()
        assert [worker.ops for worker in figures.workers] == [40] * 3
        assert [worker.total for worker in figures.workers] == [40] * 3
        assert figures.lost_records == 0


@every_model
def test_more_workers_than_there_is_room_for_all_come_to_their_turn(model: str) -> None:
    own = {knob.name for knob in catalogue.model(model).knobs}
    knobs = {name: value for name, value in POOLS.items() if name in own}
    with finished(recipe_of(model, "chain", workers=7, amount=10, knobs=knobs)) as run:
        finished_well(run)
        assert [len(result) for result in results(run)] == [10] * 7


# --- each op


@every_model
def test_a_lock_lets_one_in(model: str) -> None:
    with finished(recipe_of(model, "locked", amount=5)) as run:
        finished_well(run)
        assert (run.directory.path / "number").read_text() == "15"


@every_model
def test_a_semaphore_lets_no_more_in_than_it_says(model: str) -> None:
    with finished(recipe_of(model, "admitted", workers=4, amount=5)) as run:
        assert set(results(finished_well(run))) <= {1, 2}


@every_model_at_once
def test_a_semaphore_lets_in_as_many_as_it_says(model: str) -> None:
    with finished(recipe_of(model, "meeting", workers=2)) as run:
        assert results(finished_well(run)) == ["met", "met"]


@every_model
def test_a_queue_loses_nothing_and_keeps_the_order(model: str) -> None:
    with finished(recipe_of(model, "passing", amount=20)) as run:
        assert run.engine.outcome == "finished", run.engine.error
        taken = [[number for _, number in result] for result in results(run)]  # type: ignore[attr-defined]
        assert sorted(taken[1] + taken[2]) == list(range(40))
        assert (taken[1], taken[2]) == (sorted(taken[1]), sorted(taken[2]))


@every_model_at_once
def test_a_full_queue_is_waited_for(model: str) -> None:
    with finished(recipe_of(model, "narrow", workers=2, amount=20)) as run:
        assert run.engine.outcome == "finished", run.engine.error
        assert results(run) == [[number * number for number in range(20)], []]


@every_model_at_once
def test_who_puts_into_a_full_queue_waits_and_keeps_its_place(model: str) -> None:
    with finished(recipe_of(model, "full", workers=2)) as run:
        assert run.engine.outcome == "finished", run.engine.error
        assert results(run) == [[], [2, 0, 1, 2, 3, 4, 5]]


@every_model
def test_an_event_is_waited_for(model: str) -> None:
    with finished(recipe_of(model, "signalled", amount=1)) as run:
        assert run.engine.outcome == "finished", run.engine.error
        first, *others = results(run)
        assert all(other > first for other in others)  # type: ignore[operator]


@every_model
def test_pages_are_fetched(model: str) -> None:
    with finished(recipe_of(model, "fetching", amount=3)) as run:
        finished_well(run)
        assert results(run) == [[f"page /{worker}/{number}" for number in range(3)] for worker in range(3)]
        assert kinds(run) == [[ring.IO] * 3] * 3


@every_model
def test_an_op_that_goes_wrong_is_the_workers_own_error(model: str) -> None:
    with finished(recipe_of(model, "lost", workers=2, amount=1)) as run:
        assert run.engine.outcome == "failed"
        assert "the server said 404" in (run.engine.error or "")
        assert [worker.error is not None for worker in run.statistics().workers] == [True, True]


# --- what it cannot do


def needing(model: str) -> list[str]:
    able = catalogue.model(model).op_names
    return [entry.name for entry in catalogue.jobs() if not set(entry.op_names) <= set(able)]


@pytest.mark.parametrize("model", [*ANY_MODEL, "humble"])
def test_a_job_that_needs_more_than_a_model_can_do_is_refused_before_the_start(
    model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for job in needing(model):
        missing = [op for op in catalogue.job(job).op_names if op not in catalogue.model(model).op_names]
        with pytest.raises(BadRecipe) as refused:
            checked(Recipe(job=job, model=model, workers=2, interpreter="python"))
        assert refused.value.field == "model"
        assert commands.main(["run", "--model", model, "--job", job, "--amount", "1", "--interpreter", "python"]) == 2
        said = capsys.readouterr().err
        assert str(refused.value) in said
        assert all(word in said for word in ("Humble", catalogue.job(job).title, *missing)), said


def test_the_refused_jobs_of_a_humble_model_are_those_that_need_more() -> None:
    assert {"locked", "passing", "signalled", "fetching"} <= set(needing("humble"))
    assert not {"primes", "sleep", "chain"} & set(needing("humble"))


def test_a_lab_refuses_it_too_and_starts_nothing() -> None:
    """It may have been given a recipe that was not checked, or be another Python's, whose model can do less."""
    with finished(Recipe(job="locked", model="humble", workers=2, amount=1)) as run:
        assert run.engine.outcome == "failed"
        assert run.engine.error == "Humble cannot do Acquire or Release, which locked needs"
        assert not run.rings.column(ring.W_STARTED).any()


def test_every_op_is_in_the_list_of_all() -> None:
    kinds_of_op = {one for one in vars(lab_ops).values() if isinstance(one, type) and issubclass(one, lab_ops.Op)}
    assert set(lab_ops.ALL) == kinds_of_op - {lab_ops.Op, lab_ops.Named, lab_ops.Turn}


# --- stop, pause, errors


@pytest.mark.parametrize("job", ["primes", "sleep", "waiting"])
@every_model
def test_a_stopped_run_leaves_nothing_behind(model: str, job: str) -> None:
    knobs = {"nap": 10.0} if job == "sleep" else {}
    with running(recipe_of(model, job, knobs=knobs)) as run:
        state = {"primes": ring.RUN, "sleep": ring.SLEEP, "waiting": ring.LOCK}[job]
        until(run, lambda: (run.rings.column(ring.W_STATE) == state).any() and (job != "primes" or ops(run)))
        processes, lab = family(run), run.engine.pid
        run.stop()
        to_the_end(run)
        assert (run.engine.outcome, run.engine.error) == ("stopped", None)
        assert not left(processes)
        assert not in_group(lab)


@every_model
def test_nothing_is_completed_while_a_run_is_paused(model: str) -> None:
    with running(recipe_of(model, "endless")) as run:
        at_once = model != "serial"
        until(run, lambda: ops(run) > 20 and (not at_once or run.rings.column(ring.W_STARTED).all()))
        run.pause(True)
        until(run, lambda: paused(run))
        assert run.phase == "paused"
        before = ops(run)
        for _ in range(20):
            step(run)
            run.statistics()
        assert ops(run) == before
        run.pause(False)
        until(run, lambda: not (run.rings.column(ring.W_STATE) == ring.PAUSED).any())
        until(run, lambda: ops(run) > before + 50)
        assert run.phase == "running"
        run.stop()
        to_the_end(run)
        assert run.engine.outcome == "stopped"


def paused(run: Run) -> bool:
    """All that have begun; of those that take turns the one whose turn it is, which holds up the others."""
    states = run.rings.column(ring.W_STATE)[run.rings.column(ring.W_STARTED) > 0] == ring.PAUSED
    return bool(states.any() if run.model.one_loop else states.all())


@every_model
def test_a_worker_that_raises_fails_the_run_and_not_the_others(model: str) -> None:
    with finished(recipe_of(model, "raising", amount=10)) as run:
        figures = run.statistics()
        assert figures.outcome == "failed"
        assert "worker B raised" in (figures.error or "")
        assert "ValueError: worker 1 has had enough" in (figures.error or "")
        assert [worker.error is not None for worker in figures.workers] == [False, True, False]
        assert [worker.ops for worker in figures.workers] == [10, 6, 10]
        assert results(run) == ["done", None, "done"]


# --- pools


every_pool = pytest.mark.parametrize("model", [name for name in MODELS if name.endswith("-pool")])


@every_pool
def test_tasks_that_still_wait_when_a_run_is_stopped_never_begin(model: str) -> None:
    with running(recipe_of(model, "endless", workers=5, knobs={"pool_size": 2})) as run:
        until(run, lambda: (run.rings.column(ring.W_OPS) > 0).sum() == 2)
        run.stop()
        to_the_end(run)
        assert run.engine.outcome == "stopped"
        assert (run.rings.column(ring.W_STARTED) > 0).sum() == 2


@every_pool
def test_tasks_that_wait_for_a_pool_worker_are_seen_waiting(model: str) -> None:
    seen = ["queued"] * 3 + ["sleeping"] * 2
    with running(recipe_of(model, "sleep", workers=5, knobs={"pool_size": 2, "nap": 0.3}, amount=1)) as run:
        until(run, lambda: sorted(worker.state for worker in run.statistics().workers) == seen)
        to_the_end(run)
        finished_well(run)
        waited = run.reading.lanes.spent[:, states.TURN] / 1e9
        assert sum(waited > 0.29) >= 3, "three of them for as long as others slept"


# --- every Python


@pytest.mark.parametrize(
    ("model", "name"), matrix.product(ANY_MODEL, pythons.WANTED, always=lambda model, _: model in matrix.KINDS)
)
def test_every_python_runs_the_models_that_it_says_it_can(model: str, name: str) -> None:
    python = pythons.python(name)
    why = python.models.get(model, "it was not asked")
    if why is not None:
        pytest.skip(f"{python.title} cannot: {why}")
    with finished(recipe_of(model, "everything", amount=3, interpreter=python.path)) as run:
        assert run.engine.facts.version == python.facts.version
        assert (run.engine.outcome, run.engine.error) == ("finished", None)
        pages = [f"page /{worker}" for worker in range(3)]
        assert results(run) == [[worker, {"seven": 7} if worker else {}, 21, pages[worker]] for worker in range(3)]
        assert run.statistics().progress is not None
