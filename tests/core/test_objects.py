"""What workers share has an identity: headers and records say which object a wait is for, under every model."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from playground import catalogue
from playground.lab.wire import ops, ring
from playground.reading.objects import SharedObject, SharedUse, objects_of
from playground.reading.rings import RECORD
from playground.recipe.recipe import Recipe, checked
from playground.run.past_run import PastRun, arrays_of
from playground.run.run import Run
from tests.core import pythons
from tests.core.labs import finished, running, step, until

MS = 1_000_000
# Two workers. The first takes the door and keeps it for a while; the second waits for it, then for the bell, which the
# first rings at last. Before that both pass the gate and the belt once.
CODE = """
SHARED = {"gate": semaphore(2), "door": LOCK, "belt": queue(8), "bell": EVENT}

def job(i, n):
    yield Acquire("gate")
    yield Release("gate")
    if i == 0:
        yield Acquire("door")
        yield Put("belt", 1)
        yield Sleep(0.8)
        yield Release("door")
        yield Sleep(0.8)
        yield Set("bell")
    else:
        yield Get("belt")
        yield Acquire("door")
        yield Release("door")
        yield Wait("bell")
"""
NAMED = (
    SharedObject(1, "semaphore", "gate"),
    SharedObject(2, "lock", "door"),
    SharedObject(3, "queue", "belt"),
    SharedObject(4, "event", "bell"),
)


AT_ONCE = [one.name for one in catalogue.models() if "lab" in one.hosts and one.name != "serial"]


def recipe_of(model: str, interpreter: str = "") -> Recipe:
    own = {"job": "own", "code": CODE, "workers": 2, "amount": 1, "seconds": 20.0}
    return checked(Recipe(**own, model=model, interpreter=interpreter))


class Kept:
    """A run whose records the test keeps."""

    def __init__(self, run: Run) -> None:
        self.parts: list[Any] = []
        pull = run.rings.pull

        def kept(*moment: int) -> Any:
            records = pull(*moment)
            self.parts.append(records.copy())
            return records

        run.rings.pull = kept

    @property
    def records(self) -> Any:
        return np.concatenate(self.parts)


@pytest.mark.parametrize("model", AT_ONCE)
def test_header_and_record_say_which_object_a_wait_is_for(model: str) -> None:
    python, waiting = pythons.that_can(model), []
    if python is None:
        pytest.skip(f"no Python here can run {model}")
    with running(recipe_of(model, python)) as run:
        kept = Kept(run)
        until(run, lambda: run.reading.waits_for(1) == NAMED[1])
        waiting.append(int(run.rings.headers[1, ring.W_STATE]))
        until(run, lambda: run.reading.waits_for(1) == NAMED[3])
        waiting.append(int(run.rings.headers[1, ring.W_STATE]))
        until_over(run)
        assert waiting == [ring.LOCK, ring.LOCK]
        assert not run.rings.headers[:, ring.W_OBJECT].any(), "nobody waits any more"
        past = PastRun(run.statistics(), arrays_of(run))
        records = kept.records
    about = records[records["object"] != 0]
    by_worker = {lane: about[about["task"] == lane]["object"].tolist() for lane in (0, 1)}
    assert by_worker == {0: [1, -1, 2, -3, -2, -4], 1: [1, -1, 3, 2, -2, 4]}, "what is given is told as less than 0"
    waits = about[(about["task"] == 1) & (about["object"] > 1)]
    assert set(waits["kind"].tolist()) == {ring.LOCK}
    for one in waits:
        middle = int(one["start"] + one["end"]) // 2
        if one["end"] - one["start"] > MS:
            assert run.reading.waited_for(1, middle) == past.waited_for(1, middle) == NAMED[int(one["object"]) - 1]
    assert run.reading.waited_for(0, int(records["end"].max())) is None
    assert [one.taken for one in run.statistics().objects] == [2, 2, 1, 1]
    took = {int(one["object"]): int(one["end"] - one["start"]) for one in waits}
    assert took[2] > 60 * MS
    assert took[4] > 60 * MS


def until_over(run: Run) -> None:
    limit = time.monotonic() + 60
    while not run.ended:
        assert time.monotonic() < limit
        step(run)
        time.sleep(0.005)
    assert run.engine.outcome == "finished", run.engine.error


def test_app_and_lab_number_them_alike() -> None:
    assert objects_of(recipe_of("threads")) == NAMED
    two = checked(Recipe(job="ping-pong", workers=3, model="threads", seconds=1.0))
    assert [one.words for one in objects_of(two)] == ["queue to 0", "queue to 1", "queue to 2"]
    assert objects_of(checked(Recipe(job="primes", workers=2, seconds=1.0))) == ()


def test_names_that_cannot_be_read_from_the_text_are_none() -> None:
    code = 'SHARED = dict(door=LOCK)\ndef job(i, n):\n    yield Acquire("door")\n'
    recipe = checked(Recipe(job="own", code=code, workers=1, model="threads", amount=1))
    assert objects_of(recipe) == ()
    assert SharedUse(recipe).named(1) is None
    use = SharedUse(recipe)
    use.add(records_of((0, 0, 1, ring.LOCK, 1)))
    assert use.named(1) is None


def records_of(*uses: tuple[int, int, int, int, int]) -> Any:
    made = np.zeros(len(uses), RECORD)
    for place, (lane, start, end, kind, number) in enumerate(uses):
        made[place] = (start * MS, end * MS, 0, 0, lane, 0, kind, 0, number)
    return made


@pytest.fixture
def use() -> SharedUse:
    one = SharedUse(recipe_of("threads"))
    one.add(records_of((0, 0, 1, ring.LOCK, 2), (1, 0, 30, ring.LOCK, 2), (0, 5, 9, ring.RUN, 0)))
    one.add(records_of((0, 30, 30, ring.RUN, -2), (1, 30, 40, ring.LOCK, 4), (1, 40, 41, ring.RUN, -2)))
    return one


def test_what_a_wait_was_for_is_found_by_worker_and_moment(use: SharedUse) -> None:
    assert use.waited_for(1, 20 * MS) == NAMED[1]
    assert use.waited_for(1, 35 * MS) == NAMED[3]
    assert use.waited_for(0, 20 * MS) is None
    assert use.waited_for(1, 40 * MS) is None, "to give something back is no wait"


def test_what_is_too_old_is_forgotten() -> None:
    use = SharedUse(recipe_of("threads"))
    for second in range(0, 400, 10):
        use.add(records_of((0, second * 1000, second * 1000 + 5, ring.LOCK, 2)))
    assert use.waited_for(0, 1 * MS) is None
    assert use.waited_for(0, 390_001 * MS) == NAMED[1]


def test_all_that_was_taken_counts_and_what_failed_does_not(use: SharedUse) -> None:
    assert [use.taken(number) for number in (1, 2, 3, 4)] == [0, 2, 0, 1]
    failed = records_of((0, 50, 51, ring.LOCK, 2), (0, 51, 52, ring.LOCK, 2))
    failed["flags"][0] = ring.FAILED
    assert use.add(failed)["failed"].tolist() == [True, False]
    assert use.taken(2) == 3
    for _ in range(400):
        use.add(records_of((0, 10**6, 10**6 + 1, ring.LOCK, 1)))
    use.complete = False
    assert use.taken(2) is None


TAKES = """
SHARED = {"door": LOCK}

def job(i, n):
    while True:
        yield Acquire("door")
        print("has it")
        yield Sleep(0.01)
        yield Release("door")
"""


@pytest.mark.parametrize("model", ["threads", "thread-pool", "asyncio", "gevent", "greenlet", "generators"])
def test_who_waits_for_a_lock_when_the_run_stops_has_not_taken_it(model: str) -> None:
    python = pythons.that_can(model)
    if python is None:
        pytest.skip(f"no Python here can run {model}")
    recipe = checked(Recipe(job="own", code=TAKES, workers=4, seconds=0.5, model=model, interpreter=python))
    with finished(recipe) as run:
        (door,) = run.statistics().objects
        assert (door.kind, door.name) == ("lock", "door")
        assert run.output.total > 10
        assert door.taken == run.output.total


GIVES = """
SHARED = {"door": LOCK}

def job(i, n):
    try:
        yield Release("door")
    except RuntimeError:
        yield Acquire("door")
        yield Release("door")
"""


@pytest.mark.parametrize("model", ["threads", "asyncio"])
def test_a_record_says_that_its_op_failed(model: str) -> None:
    with running(checked(Recipe(job="own", code=GIVES, workers=1, amount=1, seconds=20.0, model=model))) as run:
        kept = Kept(run)
        until_over(run)
        about = kept.records[kept.records["object"] != 0]
    assert about["object"].tolist() == [-1, 1, -1]
    assert (about["flags"] & ring.FAILED != 0).tolist() == [True, False, False]


def test_without_records_nobody_says_how_often_something_was_taken() -> None:
    recipe = Recipe(job="own", code=TAKES, workers=2, seconds=0.3, model="threads", knobs={"stamps": "off"})
    with finished(checked(recipe)) as run:
        assert [one.taken for one in run.statistics().objects] == [None]


def test_each_op_says_whether_it_gives_or_takes() -> None:
    gives = {op.__name__ for op in ops.ALL if op.side < 0}
    assert gives == {"Release", "Put", "Set"}


def test_a_run_that_shares_nothing_tells_of_nothing() -> None:
    with finished(checked(Recipe(job="primes", workers=2, model="threads", amount=3))) as run:
        assert run.engine.outcome == "finished"
        assert not run.rings.headers[:, ring.W_OBJECT].any()
