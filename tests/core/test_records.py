"""Small certainties: names, shares, the catalogue, calibration, cores."""

from __future__ import annotations

import itertools
import time
from typing import NamedTuple

import numpy as np
import psutil
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from playground import catalogue, hosts
from playground.figures.records import GilFigures, Shares
from playground.hosts import CoreMeter
from playground.hosts import _core_meter as core_meter
from playground.interpreters.facts import InterpreterFacts
from playground.lab.beside import calibrate
from playground.lab.wire.declaration import Model
from playground.lab.wire.knob import EVERY_RUN, Knob, spaced
from playground.lab.wire.ops import Call, Get, Sleep
from playground.reading.worker_name import worker_name
from playground.recipe.recipe import Recipe
from tests.core.made_runs import made

# --- names and shares


@given(st.integers(0, 10**6))
def test_every_worker_has_a_name_of_its_own(index: int) -> None:
    name = worker_name(index)
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    assert number - 1 == index


def test_names_go_on_after_z() -> None:
    assert [worker_name(index) for index in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


def test_shares_are_added_up_whatever_they_are_of() -> None:
    assert Shares(1, 2, 4, 8, 16, 32, 64).total() == 127  # type: ignore[call-arg]
    assert Shares().total() == 0


def test_what_is_not_told_of_a_run_is_nothing() -> None:
    facts, gil, run = InterpreterFacts(), GilFigures(), made()
    assert (facts.free_threaded, facts.gil_enabled, facts.gil_enabled_at_end) == (False, True, None)
    assert (gil.source, gil.samples, gil.held, gil.free) == ("none", 0, {}, None)
    assert (run.cores_recent, run.printed, run.lanes_source, run.loop, run.answer) == (0, 0, "recorded", None, None)


def test_the_rate_is_in_work_where_that_is_known_and_else_in_ops() -> None:
    run = made(throughput=40.0, unit="chunks", work="numbers")
    assert run.rate == (40.0, "chunks")
    assert replace(run, work_per_s=9000.0).rate == (9000.0, "numbers")
    assert replace(run, work_per_s=0.0).rate == (0.0, "numbers")


def test_an_interpreter_is_named_shortly() -> None:
    assert InterpreterFacts("", "3.13.0", "CPython", free_threaded=True).short == "CPython 3.13 free-threaded"
    assert InterpreterFacts("", "3.9.16", "PyPy").short == "PyPy 3.9"
    assert InterpreterFacts().short == ""


def test_shares_add_up() -> None:
    parts = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28)
    assert Shares(*parts).total() == pytest.approx(sum(parts))  # type: ignore[call-arg]


def test_a_rate_is_told_in_work_where_that_is_known() -> None:
    run = made(workers=2, throughput=10.0, unit="chunks", work="numbers")
    assert run.rate == (10.0, "chunks")
    assert replace(run, work_per_s=5000.0).rate == (5000.0, "numbers")


def test_a_run_has_a_rate_that_means_something() -> None:
    assert made().has_rate
    assert not made(throughput=0.0).has_rate
    outcomes = ("finished", "time is up", "stopped", "failed", "crashed", "stuck")
    assert [outcome for outcome in outcomes if not made(outcome=outcome).has_rate] == ["failed", "crashed", "stuck"]


@pytest.mark.parametrize(("ops", "rate"), [(0, False), (1, False), (4, False), (5, True), (1000, True)])
def test_a_function_that_each_worker_calls_once_has_none(ops: int, rate: bool) -> None:
    assert made(workers=4, job="own", seconds=3.0, throughput=ops / 3.0).has_rate is rate
    assert made(workers=4, job="primes", seconds=3.0, throughput=ops / 3.0).has_rate is (ops > 0)


def test_a_short_run_is_brief() -> None:
    assert [made(seconds=seconds).brief for seconds in (0.0, 0.39, 0.4, 3.0)] == [True, True, False, False]


# --- what there is


def test_every_model_and_job_says_what_it_is() -> None:
    for entries in (catalogue.models(), catalogue.jobs()):
        assert entries
        assert len({entry.name for entry in entries}) == len(entries)
        for entry in entries:
            assert entry.title
            assert entry.summary
            assert entry.available == (entry.why is None)
    assert {"serial", "threads", "processes"} <= {entry.name for entry in catalogue.models()}
    assert {"primes", "hash", "sleep"} <= {entry.name for entry in catalogue.jobs()}
    assert all(entry.unit for entry in catalogue.jobs())
    assert all(set(entry.hosts) <= {host.name for host in hosts.every()} for entry in catalogue.models())
    assert all(entry.worker[0] and entry.worker[1] for entry in catalogue.models())


def test_an_unknown_name_is_an_error_that_says_so() -> None:
    for ask, words in (
        (lambda: catalogue.job("prims"), "there is no job 'prims'"),
        (lambda: catalogue.model("thread"), "there is no model 'thread'"),
        (lambda: Recipe().knob("nap"), "primes as threads has no knob 'nap'"),
    ):
        with pytest.raises(LookupError, match=words):
            ask()


def test_every_default_of_a_knob_is_allowed() -> None:
    for model, job in itertools.product(catalogue.models(), catalogue.jobs()):
        known = catalogue.knobs(job.name, model.name)
        assert len({knob.name for knob in known}) == len(known)
        assert [knob.problem(knob.default) for knob in known] == [None] * len(known)


def test_a_file_that_cannot_be_imported_is_listed_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    from playground.lab.wire import shelf

    def load(kind: type[Model], name: str) -> object:
        raise ModuleNotFoundError("No module named 'gevent'")

    monkeypatch.setattr(shelf, "load", load)
    entries = shelf.entries(Model)
    assert [entry.available for entry in entries] == [False] * len(entries)
    assert all("gevent" in (entry.why or "") for entry in entries)


ANY_NUMBER = st.floats(allow_nan=True, allow_infinity=True) | st.integers()
OF_A_KNOB = st.floats(-1, 20_000) | st.integers(-1, 20_000) | st.integers(-1, 20_000).map(float)  # many lie in a range


@given(OF_A_KNOB | ANY_NUMBER | st.text() | st.booleans() | st.none())
@example(1090.5)  # in the range of the probe's rate, which is a whole number
@example(1090.0)
def test_a_knob_takes_its_range_and_says_it_otherwise(value: object) -> None:
    for knob in EVERY_RUN:
        problem = knob.problem(value)
        if knob.choices:
            assert (problem is None) == (value in knob.choices)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            may_be_a_part = isinstance(knob.default, float)
            allowed = knob.low <= value <= knob.high and (may_be_a_part or float(value).is_integer())
            assert (problem is None) == allowed
        else:
            assert problem is not None
        if problem:
            assert (knob.choices[0] if knob.choices else f"{spaced(knob.low)} to {spaced(knob.high)}") in problem


@pytest.mark.parametrize(
    ("number", "words"),
    [(1_000_000, "1 000 000"), (0.00001, "0.00001"), (5.0, "5"), (86_400.0, "86 400"), (0.0, "0"), (-3, "-3")],
)
def test_no_number_of_a_range_has_an_exponent(number: float, words: str) -> None:
    assert spaced(number) == words


def test_the_unit_of_a_knob_is_told() -> None:
    assert Knob("nap", "Nap", 1.0, 0.5, 2.0, unit="s").problem(3) == "Nap (nap) must be 0.5 to 2 s, not 3."


# --- the size of a piece


class Machinery:
    """A clock that a piece of work turns: `per` ns for each unit, and one unit more now and then."""

    def __init__(self, per: float, monkeypatch: pytest.MonkeyPatch, power: float = 1.0) -> None:
        self.now = 0.0
        self.per, self.power = per, power
        monkeypatch.setattr(calibrate.time, "perf_counter_ns", lambda: int(self.now))  # type: ignore[attr-defined]

    def piece(self, size: int) -> None:
        self.now += size**self.power * self.per


SIZES = [(0.5, 300_000), (10, 15_000), (1000, 150), (50_000, 3), (149_000, 1), (151_000, 1), (3e6, 1), (1e9, 1)]


@pytest.mark.parametrize(("per", "size"), SIZES)
def test_a_piece_takes_150_us_or_is_as_small_as_can_be(per: float, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert calibrate.calibrate(Machinery(per, monkeypatch).piece) == pytest.approx(size, rel=0.05)


@pytest.mark.parametrize("power", [0.7, 1.3, 1.6])
@pytest.mark.parametrize("per", [2, 3, 5, 10])
def test_a_piece_takes_that_even_where_twice_as_much_takes_three_times_as_long(
    power: float, per: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    machinery = Machinery(per, monkeypatch, power)
    taken = calibrate.calibrate(machinery.piece) ** power * per
    assert 100_000 <= taken <= 200_000


def test_a_piece_keeps_to_its_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    assert calibrate.calibrate(Machinery(1e6, monkeypatch).piece, smallest=4096) == 4096
    assert calibrate.calibrate(Machinery(0, monkeypatch).piece, largest=1000) == 1000


def test_one_op_is_timed_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    machinery = Machinery(1000, monkeypatch)
    ops = (Call(machinery.piece, size) for size in itertools.cycle((90, 100, 500)))
    assert calibrate.solo_ns(ops) == 100_000


def test_a_long_sleep_is_taken_at_its_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrate.time, "sleep", lambda seconds: pytest.fail("it slept"))  # type: ignore[attr-defined]
    assert calibrate.solo_ns(iter([Sleep(3600.0)])) == 3600 * 10**9


def test_a_job_of_few_ops_is_timed_by_those() -> None:
    def job(count: int) -> object:
        for _ in range(count):
            yield Call(int)

    assert calibrate.solo_ns(job(0)) is None
    assert (calibrate.solo_ns(job(2)) or 0) > 0


def test_ops_in_which_others_have_a_part_are_not_tried_alone() -> None:
    assert calibrate.solo_ns(op for op in (Get("basket"), Call(pytest.fail))) is None


# --- cores


class LinuxTimes(NamedTuple):
    """What psutil tells of a core on Linux."""

    user: float = 0.0
    nice: float = 0.0
    system: float = 0.0
    idle: float = 0.0
    iowait: float = 0.0
    irq: float = 0.0
    softirq: float = 0.0
    steal: float = 0.0
    guest: float = 0.0
    guest_nice: float = 0.0


def test_each_core_is_busy_for_what_it_did_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    before = LinuxTimes()._replace(user=100.0, idle=900.0, guest=50.0)
    later = [
        before._replace(user=100.5, idle=900.5),
        before._replace(user=101.0, guest=51.0),  # guest time is part of user time
        before._replace(iowait=0.5, idle=900.5),  # waiting for a disk is not being busy
        before._replace(steal=0.25, idle=900.75),  # a core that a hypervisor took was not ours to use
        before,
    ]
    readings = iter([[before] * 5, later])
    monkeypatch.setattr(core_meter.psutil, "cpu_times", lambda percpu: next(readings))  # type: ignore[attr-defined]
    sample = CoreMeter().sample()
    np.testing.assert_allclose(sample.usage, [0.5, 1.0, 0.0, 0.25, 0.0], atol=1e-6)
    assert sample.dt_ns > 0


def test_a_core_that_comes_or_goes_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    time_of = psutil.cpu_times()
    later = time_of._replace(user=time_of.user + 1)
    readings = iter([[time_of] * 2, [time_of] * 4, [later] * 4])
    monkeypatch.setattr(core_meter.psutil, "cpu_times", lambda percpu: next(readings))  # type: ignore[attr-defined]
    meter = CoreMeter()
    assert list(meter.sample().usage) == [0.0] * 4
    assert list(meter.sample().usage) == [1.0] * 4


def test_a_busy_core_is_seen() -> None:
    meter = CoreMeter()
    until = time.process_time() + 0.3
    while time.process_time() < until:
        continue
    sample = meter.sample()
    assert len(sample.usage) == psutil.cpu_count()
    assert sample.usage.sum() * sample.dt_ns > 0.2e9
    assert ((sample.usage >= 0) & (sample.usage <= 1)).all()
