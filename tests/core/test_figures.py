"""Small certainties: names, shares, verdicts, the catalogue, calibration, cores."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace

import numpy as np
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground import catalogue, cores
from playground.cli import as_json, as_text
from playground.cores import CoreMeter
from playground.figures import (
    GilFigures,
    InterpreterFacts,
    LoopFigures,
    RunStatistics,
    Shares,
    WorkerStatistics,
    worker_name,
)
from playground.lab import calibrate
from playground.lab.knob import EVERY_RUN, Knob
from playground.lab.ops import Call, Get, Sleep
from playground.recipe import HOSTS, Recipe
from playground.verdict import Machine, Verdict, disturbed, judge, key_figures

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


def test_an_interpreter_is_named_shortly() -> None:
    assert InterpreterFacts("", "3.13.0", "CPython", free_threaded=True).short == "CPython 3.13 free-threaded"
    assert InterpreterFacts("", "3.9.16", "PyPy").short == "PyPy 3.9"
    assert InterpreterFacts().short == ""


# --- the verdict

MACHINE = Machine(cores=8, busy=1.0, busy_with_others=0.2, lateness_p99_ms=2.0)
WORKER = WorkerStatistics("A", 0, 1, 1, "running", 0, 1.0, 1.0, 100, None, Shares(run=1))


def figures(recipe: Recipe, **fields: object) -> RunStatistics:
    standing = RunStatistics(
        number=1,
        recipe=recipe,
        phase="running",
        outcome=None,
        error=None,
        interpreter=InterpreterFacts(),
        pid=1,
        seconds=3.0,
        progress=None,
        unit="chunks",
        throughput=1000.0,
        throughput_recent=1000.0,
        cores_used=1.0,
        speedup=None,
        speedup_basis=None,
        share=Shares(run=1),
        workers=(WORKER,) * recipe.workers,
        gil=GilFigures(),
        lab_mb=None,
        worker_mb=None,
        start_ms=50.0,
        stop_ms=None,
        lost_records=0,
        probe_cost=None,
        recorder_cost=None,
        started_ns=1,
        ended_ns=None,
    )
    return replace(standing, **fields)  # type: ignore[arg-type]


THREADS, ONE = Recipe(workers=4), Recipe(workers=1)
PROCESSES = Recipe(workers=4, model="processes")
NAPS = Recipe(job="sleep", workers=100)
SERIAL = Recipe(model="serial")
APP, UI = Recipe(host="app", seconds=3.0), Recipe(host="ui", model="serial", seconds=3.0)
LATE = replace(MACHINE, lateness_p99_ms=900.0, lateness_max_ms=1200.0)

COROUTINES, MANY = Recipe(workers=4, model="asyncio"), Recipe(job="sleep", workers=1000, model="asyncio")
HELPED = Recipe(workers=4, model="asyncio-to-thread")
POOL = Recipe(workers=8, model="thread-pool", job="hash")
LOOP = LoopFigures(2.0, 4.0, 3000.0, beats=9, cores=1.0, switches_per_s=7.0, switches_source="counted")
IN_TURNS, QUEUED = Shares(run=0.25, wait_turn=0.75), Shares(run=0.3, wait_turn=0.6, blocked=0.1)

ONE_BY_ONE, HOLDING = Recipe(job="fetch", model="serial"), Recipe(job="allocate", model="processes")
ASLEEP = Shares(sleep=0.99, run=0.01)
AT_A_LOCK = Shares(sleep=0.25, blocked=0.71, run=0.04)
GIL_BOUND, CROWDED = Shares(run=0.25, wait_gil=0.75), Shares(run=0.5, wait_core=0.5)
CRASHED = {"phase": "ended", "outcome": "crashed", "error": "the lab process was killed by SIGKILL"}
FAILED = {"phase": "ended", "outcome": "failed", "error": "worker A raised:\nTraceback …\nValueError: 3"}

VERDICTS = [
    ("held_up", figures(COROUTINES, share=IN_TURNS, loop=LOOP, begun=1), MACHINE, "1 of 4 coroutines does not let"),
    ("turns", figures(COROUTINES, share=IN_TURNS, loop=LOOP, begun=4), MACHINE, "4 coroutines take turns"),
    ("turns", figures(MANY, share=Shares(wait_turn=1.0), loop=LOOP, begun=9), MACHINE, "1 000 coroutines take turns"),
    ("turns", figures(HELPED, share=IN_TURNS, loop=LOOP, begun=4), MACHINE, "4 coroutines leave their work to threads"),
    ("queued", figures(POOL, share=QUEUED), MACHINE, "8 tasks queue"),
    ("gil_bound", figures(THREADS, share=GIL_BOUND), MACHINE, "4 threads, but only 1.0 core busy"),
    ("parallel", figures(PROCESSES, cores_used=3.9), MACHINE, "4 processes keep 3.9 cores busy"),
    ("parallel", figures(Recipe(job="hash"), cores_used=3.8), MACHINE, "4 threads keep 3.8 cores busy"),
    ("waiting", figures(NAPS, share=Shares(sleep=0.99, run=0.01), cores_used=0.02), MACHINE, "100 threads wait"),
    ("waiting", figures(THREADS, share=Shares(blocked=0.8, run=0.2)), MACHINE, "wait"),
    ("waiting", figures(THREADS, share=AT_A_LOCK), MACHINE, "4 threads wait for a lock or a queue"),
    ("waiting", figures(ONE_BY_ONE, share=ASLEEP), MACHINE, "4 workers wait, one after the other"),
    ("waiting", figures(Recipe(job="say-number"), share=ASLEEP), MACHINE, "4 threads speak, and sleep in between"),
    ("talking", figures(Recipe(job="ping-pong"), share=Shares(run=0.3, blocked=0.7)), MACHINE, "wait for each other"),
    ("holding", figures(HOLDING, share=ASLEEP, worker_mb=20.1), MACHINE, "Each process takes 20.1 MB"),
    ("waiting", figures(HOLDING, share=ASLEEP, worker_mb=3.0), MACHINE, "4 processes wait, all at once"),
    ("waiting", figures(HOLDING, share=ASLEEP), MACHINE, "4 processes wait, all at once"),
    ("machine_full", figures(PROCESSES, share=CROWDED), replace(MACHINE, cores=2), "share 2 cores"),
    ("machine_full", figures(ONE, share=CROWDED), MACHINE, "1 thread has to share 8 cores"),
    ("machine_full", figures(PROCESSES, share=CROWDED), MACHINE, "8 cores"),
    ("single", figures(ONE), MACHINE, "1 worker keeps 1.0 core busy"),
    ("single", figures(SERIAL), MACHINE, "one worker at a time"),
    ("mixed", figures(PROCESSES, cores_used=1.5, share=Shares(run=0.8, blocked=0.2)), MACHINE, "use 1.5 of 8 cores"),
    ("ui_frozen", figures(APP, share=Shares(run=0.2, wait_gil=0.8)), LATE, "make it late by 1.2 s"),
    ("ui_frozen", figures(UI), LATE, "froze for 1.2 s"),
    ("crashed", figures(THREADS, **CRASHED), MACHINE, "crashed"),
    ("failed", figures(THREADS, **FAILED), MACHINE, "failed"),
    ("paused", figures(THREADS, phase="paused"), MACHINE, "Paused"),
    ("starting", figures(THREADS, phase="starting", seconds=0.0), MACHINE, "Starting"),
    ("starting", figures(THREADS, seconds=0.1), MACHINE, "Starting"),
    ("idle", None, MACHINE, "Nothing is running"),
]


@pytest.mark.parametrize(("kind", "run", "machine", "says"), VERDICTS, ids=[f"{v[0]}-{v[3]}" for v in VERDICTS])
def test_the_verdict_says_what_is_seen(kind: str, run: RunStatistics | None, machine: Machine, says: str) -> None:
    verdict = judge(run, machine)
    assert verdict.kind == kind
    assert says in verdict.sentence
    assert verdict.sentence.endswith((".", "…"))
    assert verdict.reason
    assert verdict.trouble == (kind in ("crashed", "failed", "ui_frozen"))


def test_what_kept_them_waiting_is_told_as_it_was() -> None:
    blocked = judge(figures(THREADS, share=AT_A_LOCK), MACHINE)
    assert blocked.reason.startswith("They were blocked **71 %** of their time")
    both = judge(figures(THREADS, share=Shares(sleep=0.6, io=0.3, run=0.1)), MACHINE)
    assert both.reason.startswith("They were asleep or in I/O **90 %** of their time")


def test_who_is_stopped_in_the_middle_has_begun() -> None:
    busy = replace(WORKER, ops=0)
    stopped = {"phase": "ended", "outcome": "stopped", "workers": (busy,) * 4}
    assert judge(figures(THREADS, share=GIL_BOUND, **stopped), MACHINE).kind == "gil_bound"
    for at_once in ({"seconds": 0.1}, {"share": Shares()}):
        assert judge(figures(THREADS, **stopped, **at_once), MACHINE).sentence == "It ended before it began."


def test_only_what_a_job_has_checked_is_called_checked() -> None:
    def told(job: str) -> list[str]:
        ended = figures(Recipe(job=job, code="def job(i, n): pass"), phase="ended", outcome="finished", answer=[1, 2])
        return [figure.unit for figure in judge(ended, MACHINE).figures if figure.label == "Answer"]

    assert (told("primes"), told("own")) == (["checked"], ["as returned"])


@pytest.mark.parametrize("model", ["threads", "asyncio", "generators"])
def test_workers_that_can_use_one_core_are_disturbed_when_they_do_not_get_one(model: str) -> None:
    others = replace(MACHINE, busy_with_others=0.5)
    share = Shares(run=0.25, wait_core=0.2, wait_turn=0.55)
    assert not disturbed(figures(Recipe(workers=4, model=model), share=share, cores_used=0.9), others)
    assert disturbed(figures(Recipe(workers=4, model=model), share=share, cores_used=0.5), others)


def test_what_waiters_need_of_a_core_is_explained() -> None:
    """2 000 threads with naps of 10 ms are asleep nearly all the time, and keep a core busy."""
    asleep = Shares(sleep=0.99, run=0.01)
    little, much = (judge(figures(NAPS, share=asleep, cores_used=used), MACHINE).reason for used in (0.02, 0.75))
    assert little.endswith("waiting takes neither a core nor the GIL.")
    assert much.endswith("neither a core nor the GIL; beginning and ending each wait does.")
    one = judge(figures(Recipe(job="sleep", workers=1), share=asleep, cores_used=0.02), MACHINE)
    assert one.reason.startswith("It was asleep **99 %** of its time")


def test_who_neither_waits_nor_runs_much_is_told_with_all_that_time_went_into() -> None:
    share = Shares(run=0.25, wait_gil=0.10, wait_core=0.01, io=0.06, sleep=0.58)
    several = judge(figures(Recipe(job="mix"), share=share), MACHINE)
    assert several.kind == "mixed"
    assert (
        several.reason
        == "They ran **25 %** of their time, were asleep 58 %, waited for the GIL 10 % and were in I/O 6 %."
    )
    one = judge(figures(Recipe(job="mix", workers=1), share=Shares(run=0.4, sleep=0.6)), MACHINE)
    assert one.reason == "It ran **40 %** of its time and was asleep 60 %."
    assert judge(figures(ONE), MACHINE).reason == "It ran **100 %** of its time, with nobody of its own to wait for."


@pytest.mark.parametrize(("trip_us", "words"), [(27.84, "27.8 µs"), (148.2, "148 µs"), (2500.0, "2.5 ms")])
def test_what_a_message_takes_is_told(trip_us: float, words: str) -> None:
    run = figures(Recipe(job="ping-pong"), share=Shares(run=0.1, blocked=0.9), trip_us=trip_us)
    verdict = judge(run, MACHINE)
    assert f"A message takes **{words}** to go there and back." in verdict.reason
    assert [figure.value for figure in verdict.figures if figure.label == "Round trip"] == [words]
    assert "A message takes" not in judge(replace(run, trip_us=None), MACHINE).reason


def test_what_is_held_is_told_apart_from_what_the_model_takes() -> None:
    assert "**10.1 MB** beside that" in judge(figures(HOLDING, share=ASLEEP, worker_mb=20.1), MACHINE).reason
    assert "**22.0 KB** beside that" in judge(figures(HOLDING, share=ASLEEP, worker_mb=10.022), MACHINE).reason
    assert "**0.0 KB** beside that" in judge(figures(HOLDING, share=ASLEEP, worker_mb=9.9), MACHINE).reason


def test_a_crash_is_told_with_its_signal_and_a_failure_with_its_last_line() -> None:
    by_kind = {kind: judge(run, machine) for kind, run, machine, _ in VERDICTS}
    assert "SIGKILL" in by_kind["crashed"].reason
    assert "ValueError: 3" in by_kind["failed"].reason


def test_a_result_that_is_wrong_is_called_so() -> None:
    error = "worker B raised:\nTraceback …\nplayground.lab.ops.Wrong: 7 primes are not 9"
    verdict = judge(figures(THREADS, phase="ended", outcome="failed", error=error), MACHINE)
    assert verdict.sentence == "A result is wrong."
    assert verdict.reason == "A worker checked what it had computed: **7 primes are not 9**"
    assert verdict.trouble


@pytest.mark.parametrize(("answer", "shown"), [(14438, "14 438"), ("7f" * 30, "7f7f7f7f7f7…"), (None, None)])
def test_the_answer_is_a_figure(answer: object, shown: str | None) -> None:
    told = judge(figures(THREADS, phase="ended", outcome="finished", answer=answer), MACHINE).figures
    assert [figure.value for figure in told if figure.label == "Answer"] == ([shown] if shown else [])


NUMBERS = st.floats(0, 1)


@given(
    recipe=st.sampled_from((THREADS, ONE, PROCESSES, NAPS, SERIAL, APP, UI, HOLDING, Recipe(job="ping-pong"))),
    parts=st.lists(NUMBERS, min_size=6, max_size=6).filter(sum),
    cores_used=st.floats(0, 300),
    machine=st.sampled_from((MACHINE, LATE, replace(MACHINE, lateness_p99_ms=None), replace(MACHINE, cores=1))),
    phase=st.sampled_from(("starting", "running", "paused", "stopping", "ended")),
    outcome=st.sampled_from((None, "finished", "stopped", "crashed", "failed")),
)
def test_there_is_a_sentence_for_every_figure(
    recipe: Recipe, parts: list[float], cores_used: float, machine: Machine, phase: str, outcome: str | None
) -> None:
    share = Shares(*(part / sum(parts) for part in parts))
    verdict = judge(figures(recipe, share=share, cores_used=cores_used, phase=phase, outcome=outcome), machine)
    assert isinstance(verdict, Verdict)
    assert 5 < len(verdict.sentence) < 80
    assert verdict.reason.count("**") % 2 == 0
    assert verdict.figures[0].label == "Cores used"


# --- what there is


def test_every_model_and_job_says_what_it_is() -> None:
    for entries in (catalogue.models(), catalogue.jobs()):
        assert entries
        assert len({entry.name for entry in entries}) == len(entries)
        for entry in entries:
            assert entry.title
            assert entry.summary
            assert entry.available == (entry.why is None)
            assert set(entry.hosts) <= set(HOSTS)
    assert {"serial", "threads", "processes"} <= {entry.name for entry in catalogue.models()}
    assert {"primes", "hash", "sleep"} <= {entry.name for entry in catalogue.jobs()}
    assert all(entry.unit for entry in catalogue.jobs())
    assert all(entry.hosts for entry in catalogue.models())
    assert all(entry.worker[0] and entry.worker[1] for entry in catalogue.models())


def test_every_default_of_a_knob_is_allowed() -> None:
    for model, job in itertools.product(catalogue.models(), catalogue.jobs()):
        known = catalogue.knobs(job.name, model.name)
        assert len({knob.name for knob in known}) == len(known)
        assert [knob.problem(knob.default) for knob in known] == [None] * len(known)


def test_a_file_that_cannot_be_imported_is_listed_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    from playground.lab import catalogue as shelf

    def load(folder: str, name: str) -> object:
        raise ModuleNotFoundError("No module named 'gevent'")

    monkeypatch.setattr(shelf, "load", load)
    entries = shelf.describe("models")
    assert [entry["available"] for entry in entries] == [False] * len(entries)
    assert all("gevent" in entry["why"] for entry in entries)


@given(st.floats(allow_nan=True, allow_infinity=True) | st.integers() | st.text() | st.booleans() | st.none())
def test_a_knob_takes_its_range_and_says_it_otherwise(value: object) -> None:
    for knob in EVERY_RUN:
        problem = knob.problem(value)
        if knob.choices:
            assert (problem is None) == (value in knob.choices)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            assert (problem is None) == (knob.low <= value <= knob.high)
        else:
            assert problem is not None
        if problem:
            assert (knob.choices[0] if knob.choices else f"{knob.low:g} to {knob.high:g}") in problem


def test_the_unit_of_a_knob_is_told() -> None:
    assert Knob("nap", "Nap", 1.0, 0.5, 2.0, unit="s").problem(3) == "is 3; allowed: 0.5 to 2 s"


# --- the size of a piece


class Machinery:
    """A clock that a piece of work turns: `per` ns for each unit, and one unit more now and then."""

    def __init__(self, per: float, monkeypatch: pytest.MonkeyPatch, power: float = 1.0) -> None:
        self.now = 0.0
        self.per, self.power = per, power
        monkeypatch.setattr(calibrate.time, "perf_counter_ns", lambda: int(self.now))

    def piece(self, size: int) -> None:
        self.now += size**self.power * self.per


@pytest.mark.parametrize("per", [0.5, 10, 1000, 149_000, 151_000, 3e6, 1e9])
def test_a_piece_takes_what_it_should(per: float, monkeypatch: pytest.MonkeyPatch) -> None:
    machinery = Machinery(per, monkeypatch)
    size = calibrate.calibrate(machinery.piece)
    assert size >= 1
    assert size * per == pytest.approx(calibrate.PIECE_NS, rel=0.05) or size == 1 or per < 1


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
    monkeypatch.setattr(calibrate.time, "sleep", lambda seconds: pytest.fail("it slept"))
    assert calibrate.solo_ns(iter([Sleep(3600.0)])) == 3600 * 10**9  # type: ignore[arg-type]


def test_a_job_of_few_ops_is_timed_by_those() -> None:
    def job(count: int) -> object:
        for _ in range(count):
            yield Call(int)

    assert calibrate.solo_ns(job(0)) is None  # type: ignore[arg-type]
    assert (calibrate.solo_ns(job(2)) or 0) > 0  # type: ignore[arg-type]


def test_ops_in_which_others_have_a_part_are_not_tried_alone() -> None:
    assert calibrate.solo_ns(op for op in (Get("basket"), Call(pytest.fail))) is None  # type: ignore[arg-type]


# --- cores


def test_each_core_is_busy_for_what_it_did_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    from psutil._pslinux import scputimes  # type: ignore[attr-defined]

    names = scputimes._fields
    zero = scputimes(*[0.0] * len(names))
    before = zero._replace(user=100.0, idle=900.0, guest=50.0)
    later = [
        before._replace(user=100.5, idle=900.5),
        before._replace(user=101.0, guest=51.0),  # guest time is part of user time
        before._replace(iowait=0.5, idle=900.5),  # waiting for a disk is not being busy
        before._replace(steal=0.25, idle=900.75),  # a core that a hypervisor took was not ours to use
        before,
    ]
    readings = iter([[before] * 5, later])
    monkeypatch.setattr(cores.psutil, "cpu_times", lambda percpu: next(readings))
    sample = CoreMeter().sample()
    np.testing.assert_allclose(sample.usage, [0.5, 1.0, 0.0, 0.25, 0.0], atol=1e-6)
    assert sample.dt_ns > 0


def test_a_core_that_comes_or_goes_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    time_of = psutil.cpu_times()
    later = time_of._replace(user=time_of.user + 1)
    readings = iter([[time_of] * 2, [time_of] * 4, [later] * 4])
    monkeypatch.setattr(cores.psutil, "cpu_times", lambda percpu: next(readings))
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


# --- what the app itself takes


@pytest.mark.parametrize(("watch", "told"), [(0.04, None), (0.05, None), (0.051, 0.051), (0.5, 0.5), (None, None)])
def test_it_is_told_from_a_twentieth_of_the_cores_used_on(watch: float | None, told: float | None) -> None:
    run = figures(COROUTINES, loop=replace(LOOP, watch_cores=watch), cores_used=1.0)
    assert run.recording_cores == told
    assert ("recording" in as_text(run, None)) is (told is not None)
    assert ("to record" in key_figures(run, MACHINE)[0].unit) is (told is not None)


def test_both_figures_stand_beside_each_other() -> None:
    run = figures(Recipe(job="ping-pong"), trip_us=45.4, plain_trip_us=10.5)
    assert "round trip    45.4 µs (median); 10.5 µs in plain code" in as_text(run, None)
    told = as_json(run, None)
    assert (told["round_trip_us"], told["plain_round_trip_us"]) == (45.4, 10.5)
    assert [(f.value, f.unit) for f in key_figures(run, MACHINE) if f.label == "Round trip"] == [
        ("45.4 µs", "plain 10.5 µs")
    ]
    assert "plain" not in as_text(replace(run, plain_trip_us=None), None)
