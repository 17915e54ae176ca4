"""Key figures: what is shown of which run, and how it is written."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from playground.cli.report import as_text
from playground.figures import wording
from playground.figures.finished import FinishedRun, as_json, figures
from playground.figures.meaning import value_of
from playground.figures.reach import Machine
from playground.figures.records import Change, GilFigures, RunStatistics, Shares
from playground.recipe.recipe import Recipe
from playground.verdict.key_figures import Figure, figure, intervals, key_figures
from playground.verdict.words import Words
from tests.core.made_runs import LOOP, made

MACHINE = Machine(cores=8, busy=1.0, busy_with_others=0.2, lateness_p99_ms=None)
GIL = GilFigures("measured", handoffs_per_s=1870.0, mean_slice_ms=0.53)
ENDED: dict[str, Any] = {"phase": "ended", "outcome": "finished"}


def told(run: RunStatistics, machine: Machine = MACHINE) -> dict[str, str]:
    return {one.label: f"{one.value} {one.unit}".strip() for one in key_figures(run, machine)}


def test_a_run_of_threads() -> None:
    run = made(workers=4, gil=GIL, speedup=0.98, cores=1.26)
    assert told(run, replace(MACHINE, lateness_p99_ms=3.96)) == {
        "Cores used": "1.3 of 8",
        "Speed-up": "0.98 × vs 1 worker",
        "GIL hand-offs": "1 870 per second",
        "Mean slice": "530 µs interval 5 ms",
        "99 % of frames": "≤ 4.0 ms last 10 s",
    }
    assert key_figures(run, MACHINE)[0] == Figure(
        "Cores used", "1.3", "of 8", 1.26, 8, figures()["cores_used"].meaning, name="cores_used"
    )


def test_what_the_lab_takes_itself_is_told_apart() -> None:
    for lab, words in ((None, "of 8"), (0.049, "of 8"), (0.05, "of 8; lab 0.1"), (0.31, "of 8; lab 0.3")):
        assert key_figures(made(cores_lab=lab), MACHINE)[0].unit == words


def test_one_worker_has_no_speed_up_over_one() -> None:
    assert "Speed-up" not in told(made(workers=1, speedup=0.68))
    assert "Speed-up" in told(made(workers=2, speedup=0.68))
    assert "Speed-up" not in told(made(workers=2))
    assert "Speed-up" not in told(made(workers=2, speedup=0.68, begun=1)), "the other never had its turn"
    assert "Speed-up" in told(made(workers=3, speedup=0.68, begun=2))
    assert told(made(workers=100, speedup=1.0))["Speed-up"] == "1.00 × vs 1 worker"
    assert "Speed-up" not in told(made(workers=101, speedup=1.0))


def test_a_speed_up_that_others_had_a_part_in_says_so() -> None:
    run = made(workers=4, speedup=0.49, cores=0.5, share=Shares(run=0.125, wait_core=0.125, wait_gil=0.75))
    assert told(run, replace(MACHINE, busy_with_others=1.3))["Speed-up"] == "0.49 × vs 1 worker, disturbed"


def test_hand_offs_are_told_where_there_is_another_to_hand_to() -> None:
    shown = {"GIL hand-offs", "Mean slice"}
    assert not shown & set(told(made(workers=1, gil=GIL)))
    assert shown <= set(told(made(Recipe(workers=1, host="app", seconds=3.0), gil=GIL)))
    assert not shown & set(told(made(workers=4, model="processes", gil=GIL)))
    assert not shown & set(told(made(workers=4, model="asyncio-to-thread", gil=GIL, loop=LOOP)))
    assert not shown & set(told(made(workers=4)))
    assert shown <= set(told(made(workers=100, gil=GIL)))
    assert shown & set(told(made(workers=101, gil=GIL))) == {"GIL hand-offs"}


def test_a_mean_of_hardly_any_hand_offs_is_none() -> None:
    for rate, shown in ((3.3, False), (3.34, True)):  # in three seconds
        gil = GilFigures("measured", handoffs_per_s=rate, mean_slice_ms=97.8)
        assert ("Mean slice" in told(made(workers=4, gil=gil))) == shown
    ten = GilFigures("measured", handoffs_per_s=2.5, mean_slice_ms=97.8)
    assert "Mean slice" in told(made(workers=4, gil=ten, seconds=4.0))
    assert "Mean slice" not in told(made(workers=4, gil=replace(GIL, mean_slice_ms=None)))


def test_the_interval_that_holds_is_told_and_since_when() -> None:
    run = made(workers=4, gil=GIL)
    assert intervals(run) == [0.005]
    turned = Change("switch_interval", 0.21, 0.005, 3.24)
    changed = replace(run, changes=(turned,))
    assert told(changed)["Mean slice"] == "530 µs interval 210 ms since 3.2 s"
    assert intervals(changed) == [0.005, 0.21]
    again = replace(run, changes=(turned, Change("switch_interval", 0.001, 0.21, 4.0), Change("probe_rate", 9, 8, 5.0)))
    assert told(again)["Mean slice"] == "530 µs interval 1 ms since 4.0 s"
    assert intervals(again) == [0.005, 0.21, 0.001]
    assert told(replace(run, changes=again.changes[2:]))["Mean slice"] == "530 µs interval 5 ms"


def test_a_loop() -> None:
    run = made(
        workers=4, model="asyncio", loop=replace(LOOP, switches_per_s=49_170.0, late_p99_ms=32.84), worker_mb=0.2
    )
    assert told(run) == {
        "Cores used": "1.0 of 8",
        "Switches": "49 170 per second",
        "Loop lateness": "32.8 ms p99",
    }


def test_what_one_of_very_many_costs() -> None:
    run = made(workers=10_000, model="asyncio", job="sleep", worker_mb=0.0022, start_all_ms=148.4)
    assert told(run) == {"Cores used": "1.0 of 8", "Memory per worker": "2.2 KB", "All started within": "148 ms"}
    assert told(replace(run, start_all_ms=999.0))["All started within"] == "999 ms"
    assert told(replace(run, start_all_ms=1000.0))["All started within"] == "1.0 s"
    assert told(replace(run, start_all_ms=60_060.0))["All started within"] == "60.1 s"
    assert "All started within" not in told(replace(run, start_all_ms=None))
    few = made(workers=100, worker_mb=0.0022, start_all_ms=148.4)
    assert list(told(few)) == ["Cores used"]
    assert told(made(workers=2, model="processes", worker_mb=11.4))["Memory per worker"] == "11.4 MB"
    assert "Memory per worker" not in told(made(workers=2, model="processes"))


def test_a_round_trip() -> None:
    assert told(made(job="ping-pong", round_trip_us=45.4))["Round trip"] == "45 µs median"


@pytest.mark.parametrize(
    ("answer", "shown"),
    [(14438, "14 438"), ("7f" * 30, "7f7f7f7f7f7…"), ("123456789012", "123456789012"), (0, "0"), (None, None)],
)
def test_the_answer_is_a_figure(answer: object, shown: str | None) -> None:
    figures = key_figures(made(**ENDED, answer=answer), MACHINE)
    assert [figure.value for figure in figures if figure.label == "Answer"] == ([shown] if shown else [])


def test_all_of_a_long_answer_can_be_had() -> None:
    for answer, kept in (([1, 2], ""), (list(range(2000, 2100)), str(list(range(2000, 2100)))), ("x" * 12, "")):
        (figure,) = [one for one in key_figures(made(**ENDED, answer=answer), MACHINE) if one.label == "Answer"]
        assert figure.whole == kept
        assert len(figure.value) <= 12


def test_only_what_a_job_has_checked_is_called_checked() -> None:
    own = Recipe(job="own", code="def job(i, n): pass")
    assert told(made(own, **ENDED, answer=[1, 2]))["Answer"] == "[1, 2] returned"
    assert told(made(**ENDED, answer=[1, 2]))["Answer"] == "[1, 2] checked"


def test_when_frames_were_late() -> None:
    window = replace(MACHINE, lateness_p99_ms=120.4)
    assert told(made(), window)["99 % of frames"] == "≤ 120 ms last 10 s"
    assert told(made(**ENDED, seconds=9.9), window)["99 % of frames"] == "≤ 120 ms while it ran"
    assert told(made(**ENDED, seconds=10.0), window)["99 % of frames"] == "≤ 120 ms its last 10 s"


def test_of_a_short_run_only_time_and_answer_are_shown() -> None:
    window = replace(MACHINE, lateness_p99_ms=90.0)
    short = made(workers=4, **ENDED, seconds=0.0002, gil=GIL, speedup=2.0, answer=7)
    assert told(short, window) == {"Time": "200 µs", "Answer": "7 checked"}
    assert told(replace(short, seconds=0.399), window)["Time"] == "399 ms"
    assert "Time" not in told(replace(short, seconds=0.4), window)
    assert told(made(seconds=0.39), window) == {}, "it has only begun"


# --- words


def test_numbers_and_their_units() -> None:
    assert [wording.cores(number) for number in (0.0, 0.94, 0.96, 1.04, 1.06)] == [
        "0.0 cores", "0.9 cores", "1.0 core", "1.0 core", "1.1 cores",
    ]  # fmt: skip
    assert [wording.cores_there(number) for number in (1, 2)] == ["1 core", "2 cores"]
    assert [wording.milliseconds(ms) for ms in (3.96, 99.9, 100, 100.4, 999.4, 1000, 60_060)] == [
        "4.0 ms", "99.9 ms", "100 ms", "100 ms", "999 ms", "1.0 s", "60.1 s",
    ]  # fmt: skip
    assert [wording.duration(seconds / 1e6) for seconds in (0.4, 19.9, 20, 20.4, 999.4, 1000, 60.06e6)] == [
        "0.4 µs", "19.9 µs", "20 µs", "20 µs", "999 µs", "1.0 ms", "60.1 s",
    ]  # fmt: skip
    assert [wording.brief_time(seconds / 1e6) for seconds in (0.4, 999.4, 1000, 4400, 399_400)] == [
        "0.4 µs", "999 µs", "1 ms", "4 ms", "399 ms",
    ]  # fmt: skip
    assert [wording.memory(mb) for mb in (0.0022, 0.0099, 0.00996, 0.0264, 0.0994, 0.0995, 11.44)] == [
        "2.2 KB", "9.9 KB", "10 KB", "26 KB", "99 KB", "0.1 MB", "11.4 MB",
    ]  # fmt: skip
    assert [wording.percent(part) for part in (0, 0.244, 1)] == ["0 %", "24 %", "100 %"]
    assert wording.whole(1234567) == "1 234 567"
    assert [wording.listed(list(words)) for words in ("", "a", "ab", "abc")] == ["", "a", "a and b", "a, b and c"]


def test_workers_have_the_name_that_their_model_gives_them() -> None:
    assert Words(made(workers=1), MACHINE).workers() == "1 thread"
    assert Words(made(workers=1000, model="asyncio"), MACHINE).workers() == "1 000 coroutines"
    assert Words(made(workers=4), MACHINE).workers(1) == "1 thread"
    assert Words(made(workers=1), MACHINE).workers(0) == "0 threads"


# --- what the app itself takes


@pytest.mark.parametrize(("watch", "shown"), [(0.04, None), (0.05, None), (0.051, 0.051), (0.5, 0.5), (None, None)])
def test_recording_is_told_from_a_twentieth_of_the_cores_used_on(watch: float | None, shown: float | None) -> None:
    run = made(model="asyncio", workers=4, loop=replace(LOOP, watch_cores=watch), cores_used=1.0)
    assert run.recording_cores == shown
    assert ("recording" in as_text(run)) is (shown is not None)
    assert ("to record" in key_figures(run, MACHINE)[0].unit) is (shown is not None)


def test_watched_and_plain_round_trips_stand_beside_each_other() -> None:
    run = made(job="ping-pong", round_trip_us=45.4, plain_round_trip_us=10.5)
    assert "round trip    45.4 µs (median); 10.5 µs in plain code" in as_text(run)
    both = as_json(FinishedRun(run))
    assert (both["round_trip_us"], both["plain_round_trip_us"]) == (45.4, 10.5)
    shown = [(figure.value, figure.unit) for figure in key_figures(run, MACHINE) if figure.label == "Round trip"]
    assert shown == [("45 µs", "plain 10.5 µs")]
    assert "plain" not in as_text(replace(run, plain_round_trip_us=None))


# --- any figure, by its name


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gil.handoffs_per_s", "GIL hand-offs: 1 870 per second"),
        ("gil.mean_slice_ms", "Mean slice: 530 µs"),
        ("gil.free", "GIL free: –"),
        ("share.wait_gil", "Time waiting for the GIL: 25 %"),
        ("memory.per_worker_mb", "Memory per worker: 26 KB"),
        ("loop.late_p50_ms", "Loop lateness, median: –"),
        ("cores_workers", "Cores of workers: 1.3 cores"),
        ("speedup", "Speed-up: 0.98 ×"),
        ("lost_records", "Lost records: 0"),
        ("outcome", "Outcome: –"),
    ],
)
def test_every_figure_can_be_shown_by_its_name(name: str, words: str) -> None:
    share = Shares(run=0.75, wait_gil=0.25)
    shown = figure(made(gil=GIL, speedup=0.98, cores=1.26, worker_mb=0.026, share=share), name)
    assert f"{shown.label}: {shown.value} {shown.unit}".rstrip() == words
    assert (shown.tip, shown.name) == (figures()[name].meaning, name)


def test_a_name_that_there_is_not_is_no_figure() -> None:
    for name in ("gil.colour", "number", "workers.index", ""):
        with pytest.raises(KeyError):
            value_of(made(), name)
