"""The verdict: which rule speaks, and what it says. Each threshold stands here with a run just below and one just above
it, and each pair of rules that may both fit with a run that fits both."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from playground.figures.reach import Machine
from playground.figures.records import Change, Memory, RunStatistics, Shares
from playground.recipe.recipe import Recipe
from playground.verdict.judge import Verdict, judge
from tests.core.made_runs import LOOP, MACHINE, made

TWO_CORES = replace(MACHINE, cores=2, busy=2.0)
LATE = replace(MACHINE, lateness_p99_ms=900.0, lateness_max_ms=1200.0)
ENDED: dict[str, Any] = {"phase": "ended", "outcome": "finished"}
CRASHED = {"phase": "ended", "outcome": "crashed", "error": "the lab process was killed by SIGKILL"}
RAISED = 'worker A raised:\nTraceback (most recent call last):\n  File "your code", line 4, in job\nValueError: 3'
FAILED = {"phase": "ended", "outcome": "failed", "error": RAISED}
STUCK = {
    "phase": "ended",
    "outcome": "stuck",
    "error": "Both threads wait for a lock, and nobody can let them go on.\n"
    "A waits in line 7, “two.acquire()”\nB waits in line 9.",
}
GIL_BOUND = Shares(run=0.25, wait_gil=0.75)
ASLEEP = Shares(sleep=0.99, run=0.01)
CROWDED = Shares(run=0.5, wait_core=0.5)


def said(run: RunStatistics | None, machine: Machine = MACHINE) -> tuple[str, str, str]:
    verdict = judge(run, machine)
    return verdict.kind, verdict.sentence, verdict.reason


def kind(machine: Machine = MACHINE, **fields: Any) -> str:
    return judge(made(**fields), machine).kind


# --- what is said


def test_nothing_is_running() -> None:
    tells = "Start something and this card says, in one sentence, what happened."
    frames = "The UI pulse always measures this window: 99 of 100 frames come within **2.0 ms**."
    assert said(None) == ("idle", "Nothing is running.", f"{frames} {tells}")
    without = said(None, replace(MACHINE, lateness_p99_ms=None))
    assert without[2] == f"The UI pulse always measures this window. {tells}"


def test_threads_that_share_a_gil() -> None:
    run = made(workers=4, share=GIL_BOUND, cores=1.0)
    assert said(run) == (
        "gil_bound",
        "4 threads, but only 1.0 core busy.",
        "Each thread spent **75 %** of its time waiting for the GIL.",
    )
    for cores, words in ((0.94, "not even one core"), (0.95, "but only 0.9 cores"), (1.3, "but only 1.3 cores")):
        assert said(made(workers=4, share=GIL_BOUND, cores=cores))[1] == f"4 threads, {words} busy."


def test_a_mix_that_waits_for_the_gil_after_each_sleep() -> None:
    """So it is with four threads that compute, sleep and compute again."""
    share = Shares(run=0.22, wait_gil=0.48, sleep=0.19, wait_core=0.11)
    assert said(made(job="mix", workers=4, share=share, cores=0.88)) == (
        "gil_bound",
        "4 threads, not even one core busy.",
        "Each thread spent **48 %** of its time waiting for the GIL.",
    )


def test_processes_that_run_at_once() -> None:
    run = made(workers=4, model="processes", cores=3.9, share=Shares(run=0.97, wait_core=0.03))
    assert said(run) == (
        "parallel",
        "4 processes keep 3.9 cores busy.",
        "Really at once: each ran **97 %** of its time.",
    )
    hashing = made(workers=4, job="hash", cores=3.8, share=Shares(run=0.95, wait_gil=0.05))
    assert said(hashing) == (
        "parallel",
        "4 threads keep 3.8 cores busy.",
        "Really at once: each ran **95 %** of its time, and waited for the GIL 5 %.",
    )
    assert said(replace(hashing, share=Shares(run=0.981, wait_gil=0.019)))[2].endswith("**98 %** of its time.")
    assert said(replace(hashing, share=Shares(run=0.98, wait_gil=0.02)))[2].endswith("waited for the GIL 2 %.")


def test_more_processes_than_cores_wait_because_of_their_own_number() -> None:
    run = made(workers=4, model="processes", cores=2.0, share=CROWDED)
    assert said(run, TWO_CORES) == (
        "machine_full",
        "4 processes share 2 cores.",
        (
            "The machine is full. Each waited **50 %** of its time for a core: "
            "4 processes on 2 cores must wait 50 % at least."
        ),
    )
    not_full = said(run, replace(TWO_CORES, busy=1.79))
    assert not_full[2].startswith("Each waited **50 %**")
    assert said(run, replace(TWO_CORES, busy=1.8))[2].startswith("The machine is full.")


def test_other_programs_are_named_for_what_they_took_and_no_more() -> None:
    run = made(workers=4, model="processes", cores=1.0, share=Shares(run=0.25, wait_core=0.75), nice=5)
    assert said(run, replace(TWO_CORES, busy_with_others=0.97)) == (
        "machine_full",
        "4 processes got 1.0 of the 2 cores they can use.",
        (
            "Each waited **75 %** of its time for a core: 4 processes on 2 cores must wait 50 % at least. "
            "Other programs "
            "took **1.0 core**; runs have lower priority (nice 5). Figures taken now are not reliable."
        ),
    )


def test_a_niceness_that_gives_no_way_is_not_told_as_one() -> None:
    for nice, told in ((1, True), (0, False), (-5, False), (None, False)):
        run = made(workers=1, share=CROWDED, cores=0.5, nice=nice)
        assert ("lower priority" in said(run, replace(TWO_CORES, busy_with_others=1.0))[2]) == told


def test_threads_can_use_one_core_under_a_gil_and_got_less() -> None:
    run = made(workers=2, cores=0.5, share=Shares(run=0.25, wait_core=0.4, wait_gil=0.35), nice=None)
    assert said(run, replace(TWO_CORES, busy_with_others=1.3)) == (
        "machine_full",
        "2 threads got 0.5 of the 1 core they can use.",
        (
            "Each waited **40 %** of its time for a core. They share one GIL. Other programs took **1.3 cores**. "
            "Figures taken now are not reliable."
        ),
    )
    behind = said(
        replace(run, share=Shares(run=0.25, wait_core=0.35, wait_gil=0.4)), replace(TWO_CORES, busy_with_others=1.3)
    )
    assert behind[:2] == ("gil_bound", "2 threads, not even one core busy.")
    assert behind[2].endswith("Other programs took **1.3 cores**. Figures taken now are not reliable.")


def test_a_loop_that_does_not_get_its_core() -> None:
    share = Shares(run=0.1, wait_core=0.4, wait_turn=0.2, sleep=0.3)
    run = made(workers=2, model="asyncio", cores=0.2, share=share, loop=LOOP)
    told = said(run, replace(TWO_CORES, busy_with_others=1.3))
    assert told[:2] == ("machine_full", "2 coroutines got 0.2 of the 1 core they can use.")
    assert told[2].startswith(
        "Each waited **40 %** of its time for a core. They take turns in one thread. Other programs"
    )


def test_interpreters_that_share_a_gil_are_told_so() -> None:
    share = Shares(run=0.25, wait_core=0.4, wait_gil=0.35)
    run = made(workers=2, model="subinterpreters", knobs={"interpreters": 1}, cores=0.5, share=share)
    told = said(run, replace(TWO_CORES, busy_with_others=1.3))
    assert told[1] == "2 workers got 0.5 of the 1 core they can use."
    assert "They share one GIL." in told[2]
    helped = replace(run, recipe=Recipe(workers=2, model="asyncio-to-thread"))
    assert "They share one GIL." in said(helped, replace(TWO_CORES, busy_with_others=1.3))[2]


def test_one_worker_that_has_no_core_to_itself() -> None:
    run = made(workers=1, share=CROWDED, cores=0.5)
    assert said(run) == (
        "machine_full",
        "1 thread got 0.5 of the 1 core it can use.",
        "It waited **50 %** of its time for a core.",
    )
    full = replace(MACHINE, busy=7.2)
    assert said(run, full)[2] == "The machine is full. It waited **50 %** of its time for a core."
    assert "They" not in said(made(workers=4, share=CROWDED, cores=0.5), replace(MACHINE, cores=1))[2]


def test_one_worker() -> None:
    assert said(made(workers=1)) == (
        "single",
        "1 thread keeps 1.0 core busy.",
        "It ran **100 %** of its time, with nobody of its own to wait for.",
    )
    mixed = made(workers=1, job="mix", share=Shares(run=0.4, sleep=0.6), cores=0.4)
    assert said(mixed) == (
        "single",
        "1 thread keeps 0.4 cores busy.",
        "It ran **40 %** of its time and was asleep 60 %.",
    )
    for run, alone in ((0.98, False), (0.981, True)):
        told = said(made(workers=1, share=Shares(run=run, sleep=1 - run)))[2]
        assert told.endswith("with nobody of its own to wait for.") == alone


def test_who_neither_waits_nor_runs_much_is_told_with_all_that_time_went_into() -> None:
    share = Shares(
        run=0.25, wait_gil=0.10, wait_core=0.019, io=0.04, sleep=0.50, wait_turn=0.02, blocked=0.03, unknown=0.02
    )
    assert said(made(job="mix", workers=4, share=share)) == (
        "mixed",
        "4 threads use 1.0 of 8 cores.",
        (
            "They ran **25 %** of their time, were asleep 50 %, waited for the GIL 10 %, were in I/O 4 "
            "%, were blocked 3 % "
            "and waited for their turn 2 %; 2 % is not known."
        ),
    )
    core = said(made(workers=4, share=Shares(run=0.8, wait_core=0.14, sleep=0.06)))
    assert core[2] == "They ran **80 %** of their time, waited for a core 14 % and were asleep 6 %."


def test_what_nobody_saw_is_said_not_to_be_known() -> None:
    share = Shares(run=0.3, sleep=0.2, unknown=0.5)
    assert said(made(workers=4, share=share, cores=1.2)) == (
        "unknown",
        "4 threads use 1.2 of 8 cores.",
        "They ran **30 %** of their time and were asleep 20 %; 50 % is not known, and so not what they wait for most.",
    )
    one = said(made(workers=1, share=share, cores=0.3))
    assert one[1:] == (
        "1 thread uses 0.3 of 8 cores.",
        "It ran **30 %** of its time and was asleep 20 %; 50 % is not known, and so not what they wait for most.",
    )


def test_without_records_nothing_is_said_of_their_time() -> None:
    assert said(made(workers=4, share=Shares())) == (
        "unknown",
        "4 threads use 1.0 of 8 cores.",
        "What their time went into was not recorded.",
    )
    assert judge(made(workers=4, share=Shares()), MACHINE).share is None
    assert judge(made(workers=4), MACHINE).share == Shares(run=1)


# --- one after the other


def test_of_workers_that_have_not_had_their_turn_nothing_is_said() -> None:
    first = made(workers=3, model="serial", begun=1, share=Shares(run=0.8, wait_core=0.2))
    assert said(first) == (
        "single",
        "1.0 core busy, one worker at a time.",
        "The first ran **80 %** of its time and waited for a core 20 %. 2 workers have not had their turn yet.",
    )
    second = replace(first, begun=2)
    assert said(second)[2] == (
        "Each starts when the one before has ended. They waited 20 % of their time for a core. "
        "1 worker has not had its turn yet."
    )
    assert said(replace(second, **ENDED))[2].endswith("for a core. 1 worker never had its turn.")
    assert said(replace(first, **ENDED))[2].endswith(" 2 workers never had their turn.")
    for wait, told in ((0.15, True), (0.149, False)):
        every = replace(first, begun=3, share=Shares(run=1 - wait, wait_core=wait))
        assert ("for a core" in said(every)[2]) == told
        assert said(every)[2].startswith("Each starts when the one before has ended.")
        assert "turn" not in said(every)[2]


def test_waits_one_after_the_other_add_up_if_there_was_another() -> None:
    run = made(workers=4, job="fetch", model="serial", begun=4, share=Shares(io=0.96, run=0.04))
    assert said(run) == (
        "waiting",
        "4 workers wait, one after the other.",
        "Each was in I/O **96 %** of its time, and only then came the next: their waits add up.",
    )
    assert said(replace(run, begun=1)) == (
        "waiting",
        "1 worker waits; no other runs meanwhile.",
        "It was in I/O **96 %** of its time. 3 workers have not had their turn yet.",
    )
    assert said(replace(run, begun=2))[1] == "2 workers wait, one after the other."
    two = made(workers=2, job="fetch", model="serial", share=Shares(io=0.96, run=0.04))
    assert said(two)[1] == "2 workers wait, one after the other."
    one = made(workers=1, job="fetch", model="serial", share=Shares(io=0.96, run=0.04))
    assert said(one)[1] == "1 worker waits."
    assert said(made(workers=1, model="serial"))[1] == "1 worker keeps 1.0 core busy."
    assert said(replace(run, begun=None))[1] == "4 workers wait, one after the other."


# --- waiting


@pytest.mark.parametrize(
    ("used", "words"),
    [
        (0.02, ": they needed 0.02 cores."),
        (0.099, ": they needed 0.10 cores."),
        (0.1, "; to begin and end waits took 0.10 cores."),
        (0.75, "; to begin and end waits took 0.75 cores."),
    ],
)
def test_what_waiters_need_of_a_core_is_explained(used: float, words: str) -> None:
    run = made(job="sleep", workers=100, share=ASLEEP, cores=used)
    assert said(run) == (
        "waiting",
        "100 threads wait, all at once.",
        f"They were asleep **99 %** of their time. Waiting takes neither a core nor the GIL{words}",
    )


def test_a_full_loop_is_called_so() -> None:
    run = made(job="sleep", workers=1000, model="asyncio", share=ASLEEP, cores=0.97, loop=replace(LOOP, cores=0.9))
    assert said(run)[1:] == (
        "1 000 coroutines wait, and the loop is full.",
        (
            "They were asleep **99 %** of their time. To wait costs nothing, but to begin and end so many waits takes "
            "**0.9 cores**, all that one thread has."
        ),
    )
    ended = said(replace(run, **ENDED))
    assert ended[1] == "1 000 coroutines waited, and the loop was full."
    assert "so many waits took **0.9 cores**" in ended[2]
    some = said(replace(run, loop=replace(LOOP, cores=0.89)))
    assert some[1] == "1 000 coroutines wait, all at once."
    assert some[2].endswith("Waiting takes neither a core nor the GIL; to begin and end waits took 0.97 cores.")
    one = made(job="sleep", model="asyncio", workers=1, share=ASLEEP, loop=replace(LOOP, cores=0.9))
    assert said(one)[1] == "1 coroutine waits."


def test_what_kept_them_waiting_is_told_as_it_was() -> None:
    lock = made(workers=4, share=Shares(sleep=0.25, blocked=0.71, run=0.04))
    assert said(lock) == (
        "waiting",
        "4 threads wait for a lock or a queue.",
        "They were blocked **71 %** of their time: each waits until another lets it go on.",
    )
    both = said(made(workers=4, share=Shares(sleep=0.6, io=0.3, blocked=0.019, run=0.081)))
    assert both[2].startswith("They were asleep or in I/O **92 %** of their time.")
    three = said(made(workers=4, share=Shares(sleep=0.6, io=0.3, blocked=0.02, run=0.08)))
    assert three[2].startswith("They were asleep or in I/O or blocked **92 %** of their time.")
    two = made(workers=2, share=ASLEEP, cores=0.02)
    assert said(two)[2].endswith("takes neither a core nor the GIL: they needed 0.02 cores.")
    assert (
        said(made(workers=4, share=Shares(blocked=0.4, sleep=0.2, io=0.2, run=0.2)))[1]
        == "4 threads wait, all at once."
    )
    one = made(workers=1, share=Shares(blocked=0.9, run=0.1), cores=0.02)
    told = "It was blocked **90 %** of its time. Waiting takes neither a core nor the GIL."
    assert said(one) == ("waiting", "1 thread waits.", told)


@pytest.mark.parametrize(
    ("model", "who"), [("threads", "the operating system"), ("asyncio", "the loop that resumes them")]
)
def test_who_speaks_next_is_decided_elsewhere(model: str, who: str) -> None:
    run = made(job="say-number", workers=4, model=model, share=ASLEEP)
    names = {"threads": "threads", "asyncio": "coroutines"}
    assert said(run) == (
        "waiting",
        f"4 {names[model]} speak, and sleep in between.",
        f"Who is next when several wake up, **{who}** decides; the Look tab shows whose order it was.",
    )
    assert said(made(job="say-number", workers=1, model=model, share=ASLEEP))[1].endswith(" waits.")


@pytest.mark.parametrize(
    ("round_trip_us", "words"), [(27.84, "28 µs"), (10.5, "10.5 µs"), (148.2, "148 µs"), (2500.0, "2.5 ms")]
)
def test_what_a_message_takes_is_told(round_trip_us: float, words: str) -> None:
    run = made(job="ping-pong", workers=4, share=Shares(run=0.19, blocked=0.8, sleep=0.01), round_trip_us=round_trip_us)
    assert said(run) == (
        "talking",
        "4 threads wait for each other.",
        (
            "While one has the message, the other can only wait. They spent 81 % of their time waiting. "
            f"A round trip takes **{words}**."
        ),
    )
    assert said(replace(run, round_trip_us=None))[2].endswith("of their time waiting.")


def test_what_watching_adds_to_a_message_is_told() -> None:
    run = made(job="ping-pong", model="asyncio", workers=4, share=Shares(run=0.1, blocked=0.9), round_trip_us=45.4)
    plain = said(replace(run, plain_round_trip_us=10.5))[2]
    assert plain.endswith(
        "A round trip takes **45 µs**; the same in plain code 10.5 µs: watching each message costs the rest."
    )
    assert said(replace(run, plain_round_trip_us=45.4))[2].endswith("; the same in plain code 45 µs.")


def test_what_is_held_is_told_apart_from_what_the_model_takes() -> None:
    run = made(job="allocate", workers=4, model="processes", share=ASLEEP, worker_mb=20.1)
    assert said(run) == (
        "holding",
        "Each process takes 20.1 MB.",
        "It holds 10 MB, as the recipe asks. The other **10.1 MB** is what one more process costs.",
    )
    threads = made(job="allocate", workers=4, share=ASLEEP, worker_mb=10.175)
    assert said(threads)[2].endswith("The other **0.2 MB** is its part of what the model needs.")
    lost = "It holds 10 MB, as the recipe asks. What it needs beside that is too little to be told from chance."
    assert said(replace(threads, memory=Memory(None, 10.174)))[2] == lost, (
        "four have grown by less than a run does by chance"
    )
    assert said(replace(threads, memory=Memory(None, 9.8)))[2] == lost
    first = made(job="allocate", workers=4, model="serial", share=ASLEEP, worker_mb=10.69, begun=1)
    assert said(first)[2] == f"{lost} 3 workers have not had their turn yet."
    assert "**0.7 MB**" in said(replace(first, memory=Memory(None, 10.71)))[2]
    little = made(job="allocate", model="serial", share=ASLEEP, worker_mb=1.2, knobs={"hold": 0.5})
    assert "The other **0.7 MB**" in said(little)[2], "just as much as can be told from chance"
    for worker_mb, word in ((9.0, "holding"), (8.99, "waiting"), (None, "waiting")):
        assert said(replace(run, memory=Memory(None, worker_mb)))[0] == word
    assert "**22 KB**" in said(replace(run, memory=Memory(None, 10.022)))[2]


# --- turns


def test_who_takes_turns_in_a_loop_is_concurrent_and_not_parallel() -> None:
    run = made(workers=4, model="asyncio", share=Shares(run=0.25, wait_turn=0.75), loop=LOOP, begun=4)
    assert said(run) == (
        "turns",
        "4 coroutines take turns in one thread.",
        (
            "Each was ready, and waited for its turn, **75 %** of its time: they are concurrent, but not parallel. "
            "In 99 % of cases the loop was less than 4.0 ms late."
        ),
    )
    assert said(replace(run, loop=None))[2].endswith("but not parallel.")


def test_a_loop_with_helpers_names_their_gil() -> None:
    free = made(workers=4, model="asyncio-to-thread", share=Shares(run=0.16, wait_turn=0.84), cores=1.9)
    assert said(free) == (
        "turns",
        "4 coroutines leave their work to threads.",
        "Each waited **84 %** of its time until the loop or a thread came to it; together they used 1.9 cores.",
    )
    assert judge(free, replace(MACHINE, cores=2)).sentence == "4 coroutines leave their work to threads."
    bound = replace(free, share=Shares(run=0.16, wait_turn=0.80, wait_gil=0.04), cores_workers=0.9)
    assert said(bound)[1:] == (
        "4 coroutines leave their work to threads that share one GIL.",
        (
            "One thread at a time can run Python: together they used 0.9 cores, and each waited **80 %** of its time "
            "for its turn."
        ),
    )
    assert said(replace(bound, **ENDED))[1] == "4 coroutines left their work to threads that shared one GIL."
    late = said(replace(bound, loop=LOOP))[2]
    assert late.endswith("for its turn. In 99 % of cases the loop was less than 4.0 ms late.")


def test_tasks_queue_for_a_place() -> None:
    run = made(workers=8, model="thread-pool", job="hash", share=Shares(run=0.3, wait_turn=0.6, blocked=0.1), cores=1.9)
    assert said(run) == (
        "queued",
        "8 tasks queue for a free place.",
        (
            "On average a task waited **60 %** of its time in the queue of the pool; "
            "those that had a place used 1.9 cores."
        ),
    )


def test_a_loop_that_is_not_let_go() -> None:
    run = made(workers=4, model="asyncio", share=Shares(run=0.25, wait_turn=0.75), loop=LOOP, begun=1)
    start = "They take turns in one thread, and each gives up its turn only when it waits."
    assert said(run) == (
        "held_up",
        "1 of 4 coroutines never gives up the loop.",
        f"{start} So 3 coroutines have not begun, and the loop is **3.0 s** late.",
    )
    assert said(replace(run, begun=2))[1] == "2 of 4 coroutines never give up the loop."
    assert said(replace(run, loop=replace(LOOP, late_max_ms=60_060.0)))[2].endswith("**60.1 s** late.")
    assert said(replace(run, **ENDED))[1:] == (
        "1 of 4 coroutines never gave up the loop.",
        f"{start} So 3 coroutines never began, and the loop was **3.0 s** late.",
    )


# --- in this app


def test_a_window_that_froze() -> None:
    ui = Recipe(host="ui", model="serial", seconds=3.0)
    work = "The work ran on the UI thread, so nothing else could: no click, no key, no frame."
    assert said(made(ui), LATE) == ("ui_frozen", "This window froze for 1.2 s.", work)
    assert said(made(ui), replace(LATE, lateness_max_ms=100.0))[1] == "This window froze for 0.1 s."
    assert said(made(ui), replace(LATE, lateness_max_ms=60_060.0))[1] == "This window froze for 60.1 s."
    app = Recipe(host="app", workers=4, seconds=3.0)
    run = made(app, share=Shares(run=0.2, wait_gil=0.8))
    assert said(run, replace(LATE, lateness_max_ms=4500.0)) == (
        "ui_frozen",
        "4 threads in this app froze its window for 4.5 s.",
        (
            "They share one GIL with this window, which has to wait its turn like any of them: "
            "**80 %** of their time went into waiting for it."
        ),
    )
    assert judge(run, LATE).trouble
    assert said(run, replace(LATE, lateness_max_ms=None))[0] == "gil_bound"
    crowded = made(app, share=Shares(run=0.1, wait_core=0.5, wait_gil=0.4), cores=0.4)
    assert "programs" not in said(crowded, replace(LATE, busy_with_others=1.5))[2]
    assert "programs" in said(crowded, replace(MACHINE, busy_with_others=1.5))[2]


# --- how it ended


def test_a_run_that_was_too_short() -> None:
    short = made(workers=4, **ENDED, seconds=0.004, share=GIL_BOUND, answer=14438, speedup=0.3)
    verdict = judge(short, replace(MACHINE, busy_with_others=5.0))
    assert (verdict.kind, verdict.sentence) == ("short", "Too short to judge (4 ms).")
    assert verdict.reason == "What happens in so short a time is mostly the start; shares and rates of it mean nothing."
    assert verdict.share is None
    assert [(one.label, one.value) for one in verdict.figures] == [("Time", "4 ms"), ("Answer", "14 438")]


def test_a_run_that_was_stopped_before_it_did_anything() -> None:
    for outcome in ("stopped", "time is up"):
        none = made(workers=4, phase="ended", outcome=outcome, throughput=0.0, seconds=0.1)
        why = "It was stopped" if outcome == "stopped" else "Time was up"
        told = ("short", f"{why} before any work was done.", "No worker finished a single piece of work.")
        assert said(none) == told
        assert said(replace(none, seconds=3.0, share=Shares()))[1] == told[1]
        assert said(replace(none, seconds=3.0, share=GIL_BOUND))[0] == "gil_bound", (
            "they were in the middle of something"
        )
        assert said(replace(none, throughput=1.0))[1] == "Too short to judge (100 ms)."
    finished = made(workers=4, phase="ended", outcome="finished", throughput=0.0, seconds=0.1)
    assert said(finished)[1] == "Too short to judge (100 ms)."


@pytest.mark.parametrize(
    ("now", "past", "fields"),
    [
        ("2 threads use 0.4 of 8 cores.", "2 threads used 0.4 of 8 cores.", {"workers": 2, "cores": 0.4}),
        ("1 thread keeps 1.0 core busy.", "1 thread kept 1.0 core busy.", {"workers": 1}),
        (
            "4 processes keep 3.9 cores busy.",
            "4 processes kept 3.9 cores busy.",
            {"workers": 4, "cores": 3.9, "model": "processes"},
        ),
        ("1 thread waits.", "1 thread waited.", {"workers": 1, "share": ASLEEP}),
        ("4 threads wait, all at once.", "4 threads waited, all at once.", {"workers": 4, "share": ASLEEP}),
        (
            "4 threads wait for a lock or a queue.",
            "4 threads waited for a lock or a queue.",
            {"workers": 4, "share": Shares(run=0.1, blocked=0.9)},
        ),
        (
            "4 coroutines take turns in one thread.",
            "4 coroutines took turns in one thread.",
            {"workers": 4, "model": "asyncio", "share": Shares(run=0.2, wait_turn=0.8)},
        ),
        (
            "8 tasks queue for a free place.",
            "8 tasks queued for a free place.",
            {"workers": 8, "model": "thread-pool", "share": Shares(run=0.2, wait_turn=0.8)},
        ),
        (
            "4 threads wait for each other.",
            "4 threads waited for each other.",
            {"workers": 4, "job": "ping-pong", "share": Shares(run=0.2, blocked=0.8)},
        ),
        (
            "4 threads speak, and sleep in between.",
            "4 threads spoke, and slept in between.",
            {"workers": 4, "job": "say-number", "share": ASLEEP},
        ),
        (
            "4 workers wait, one after the other.",
            "4 workers waited, one after the other.",
            {"workers": 4, "model": "serial", "share": ASLEEP},
        ),
        (
            "1 worker waits; no other runs meanwhile.",
            "1 worker waited; no other ran meanwhile.",
            {"workers": 4, "model": "serial", "share": ASLEEP, "begun": 1},
        ),
        (
            "Each process takes 20.1 MB.",
            "Each process took 20.1 MB.",
            {"workers": 4, "model": "processes", "job": "allocate", "worker_mb": 20.1},
        ),
    ],
)
def test_of_a_run_that_has_ended_it_speaks_in_the_past(now: str, past: str, fields: dict[str, Any]) -> None:
    assert said(made(**fields))[1] == now
    assert said(made(**fields, **ENDED))[1] == past


def test_what_others_did_to_a_run_that_has_ended_is_past_too() -> None:
    busy = replace(MACHINE, cores=2, busy=2.0, busy_with_others=1.5)
    run = made(workers=4, cores=0.5, model="processes", share=Shares(run=0.12, wait_core=0.88))
    assert judge(run, busy).reason.endswith("Figures taken now are not reliable.")
    ended = judge(replace(run, **ENDED), busy)
    assert ended.reason.endswith("These figures are not reliable.")
    assert ended.sentence == "4 processes got 0.5 of the 2 cores they could use."
    calm = replace(MACHINE, cores=2, busy=2.0, busy_with_others=0.1)
    full = made(workers=4, cores=2.0, model="processes", share=Shares(run=0.5, wait_core=0.5))
    assert judge(full, calm).sentence == "4 processes share 2 cores."
    assert judge(full, calm).reason.startswith("The machine is full. ")
    past = judge(replace(full, **ENDED), calm)
    assert past.sentence == "4 processes shared 2 cores."
    assert past.reason.startswith("The machine was full. ")


def test_work_that_was_left_is_told() -> None:
    run = made(workers=4, share=GIL_BOUND, phase="ended", outcome="time is up")
    assert said(run)[2] == (
        "Each thread spent **75 %** of its time waiting for the GIL. Time was up, and work was left."
    )
    assert not judge(run, MACHINE).trouble


def test_a_crash_is_told_with_its_signal_and_a_failure_with_its_last_line() -> None:
    assert said(made(**CRASHED)) == (
        "crashed",
        "The run crashed.",
        "The lab process was killed by SIGKILL. This window is not affected; data up to that moment is kept.",
    )
    reason = "Worker A raised **ValueError: 3**, in line 4 of your code."
    assert said(made(**FAILED)) == ("failed", "The run failed.", reason)
    module = made(**{**FAILED, "error": RAISED.partition("\n")[2]})
    assert said(module)[2] == "Your code raised **ValueError: 3**, in line 4."
    assert said(made(**{**FAILED, "error": "no such Python"}))[2] == "No such Python"
    assert said(made(**{**FAILED, "error": None}))[2] == "No reason was given"


def test_a_result_that_is_wrong_is_called_so() -> None:
    error = "worker B raised:\nTraceback …\nplayground.lab.ops.Wrong: 7 primes are not 9"
    told = "checked what it had computed: **7 primes are not 9**"
    assert said(made(workers=4, **{**FAILED, "error": error}))[1:] == ("A result is wrong.", f"A worker {told}")
    assert said(made(workers=2, **{**FAILED, "error": error}))[2] == f"A worker {told}"
    assert said(made(workers=1, **{**FAILED, "error": error}))[2] == f"The worker {told}"


def test_a_run_that_is_stuck_says_who_waits_where() -> None:
    assert said(made(workers=2, **STUCK)) == (
        "stuck",
        "Stuck: both threads wait for a lock, and nobody can let them go on.",
        "A waits in line 7, “two.acquire()”. B waits in line 9.",
    )
    alone = said(made(workers=1, **{**STUCK, "error": "The thread waits, and nobody can let it go on."}))
    assert alone[1:] == (
        "Stuck: the thread waits, and nobody can let it go on.",
        "Where each of them waits is not known.",
    )
    nothing = said(made(workers=9, **{**STUCK, "error": None}))
    assert nothing[1] == "Stuck: 9 threads wait, and nobody can go on."
    many = "All wait.\n" + "\n".join(f"{number} waits" for number in range(9))
    assert said(made(workers=9, **{**STUCK, "error": many}))[2] == "0 waits. 1 waits. 2 waits. 3 waits."


@pytest.mark.parametrize("outcome", [CRASHED, FAILED, STUCK])
def test_trouble_is_marked(outcome: dict[str, Any]) -> None:
    assert judge(made(**outcome), MACHINE).trouble
    assert not judge(made(), MACHINE).trouble
    assert not judge(None, MACHINE).trouble


def test_paused_and_starting() -> None:
    assert said(made(phase="paused")) == ("paused", "Paused.", "Press P to continue.")
    crowded = made(workers=1, phase="paused", share=CROWDED, cores=0.5)
    assert said(crowded, replace(MACHINE, busy_with_others=1.5))[2] == "Press P to continue."
    starting = made(workers=4, phase="starting", seconds=0.0)
    assert said(starting) == ("starting", "Starting…", "4 × Count primes as threads.")
    assert judge(starting, MACHINE).figures == ()


def test_a_mean_over_several_intervals_says_so() -> None:
    from playground.figures.records import GilFigures

    gil = GilFigures("measured", handoffs_per_s=187.0, mean_slice_ms=13.4)
    run = made(workers=4, share=GIL_BOUND, gil=gil, changes=(Change("switch_interval", 0.21, 0.005, 3.2),))
    note = "The switch interval was turned while it ran: the mean slice is over 2 intervals."
    assert said(run)[2].endswith(note)
    back = (*run.changes, Change("probe_rate", 100, 1000, 3.3), Change("switch_interval", 0.005, 0.21, 4.0))
    assert said(replace(run, changes=back))[2].endswith(note), "5 ms, 210 ms and 5 ms again are two"
    assert said(replace(run, changes=back[1:2]))[2].endswith("for the GIL.")
    assert said(replace(run, gil=GilFigures()))[2].endswith("for the GIL."), "there is no mean to tell of"


# --- thresholds: just below, just above


def gil(part: float) -> dict[str, Any]:
    return {"workers": 2, "share": Shares(run=1 - part, wait_gil=part)}


THRESHOLDS: list[tuple[str, dict[str, Any], str, dict[str, Any], str]] = [
    ("settled", {"seconds": 0.399, **gil(0.5)}, "starting", {"seconds": 0.4, **gil(0.5)}, "gil_bound"),
    ("short", {"seconds": 0.399, **gil(0.5), **ENDED}, "short", {"seconds": 0.4, **gil(0.5), **ENDED}, "gil_bound"),
    ("gil", gil(0.249), "mixed", gil(0.25), "gil_bound"),
    ("one is not bound", {**gil(0.5), "workers": 1}, "single", gil(0.5), "gil_bound"),
    (
        "waiting",
        {"workers": 4, "share": Shares(sleep=0.3, io=0.3, blocked=0.099, run=0.301)},
        "mixed",
        {"workers": 4, "share": Shares(sleep=0.3, io=0.3, blocked=0.1, run=0.3)},
        "waiting",
    ),
    (
        "one by one",
        {"workers": 4, "model": "serial", "share": Shares(sleep=0.699, run=0.301)},
        "single",
        {"workers": 4, "model": "serial", "share": Shares(sleep=0.7, run=0.3)},
        "waiting",
    ),
    (
        "talking",
        {"job": "ping-pong", "share": Shares(blocked=0.249, run=0.751)},
        "mixed",
        {"job": "ping-pong", "share": Shares(blocked=0.25, run=0.75)},
        "talking",
    ),
    (
        "turns",
        {"model": "asyncio", "share": Shares(wait_turn=0.249, run=0.751)},
        "mixed",
        {"model": "asyncio", "share": Shares(wait_turn=0.25, run=0.75)},
        "turns",
    ),
    (
        "turns of one",
        {"model": "asyncio", "workers": 1, "share": Shares(wait_turn=0.5, run=0.5)},
        "single",
        {"model": "asyncio", "workers": 2, "share": Shares(wait_turn=0.5, run=0.5)},
        "turns",
    ),
    (
        "full",
        {"model": "processes", "share": Shares(wait_core=0.149, run=0.851)},
        "mixed",
        {"model": "processes", "share": Shares(wait_core=0.15, run=0.85)},
        "machine_full",
    ),
    (
        "unknown",
        {"share": Shares(unknown=0.25, run=0.75)},
        "mixed",
        {"share": Shares(unknown=0.251, run=0.7)},
        "unknown",
    ),
    (
        "parallel",
        {"model": "processes", "workers": 4, "cores": 2.99},
        "mixed",
        {"model": "processes", "workers": 4, "cores": 3.0},
        "parallel",
    ),
    (
        "parallel, more than the machine has",
        {"model": "processes", "workers": 64, "cores": 5.99},
        "mixed",
        {"model": "processes", "workers": 64, "cores": 6.0},
        "parallel",
    ),
    (
        "held up for long",
        {"model": "asyncio", "share": Shares(run=0.25, wait_turn=0.75), "loop": LOOP, "begun": 1, "seconds": 0.99},
        "turns",
        {"model": "asyncio", "share": Shares(run=0.25, wait_turn=0.75), "loop": LOOP, "begun": 1, "seconds": 1.0},
        "held_up",
    ),
    (
        "held up by work",
        {"model": "asyncio", "share": Shares(run=0.06, wait_core=0.06, wait_turn=0.88), "loop": LOOP, "begun": 1},
        "turns",
        {"model": "asyncio", "share": Shares(run=0.06, wait_core=0.065, wait_turn=0.875), "loop": LOOP, "begun": 1},
        "held_up",
    ),
]


@pytest.mark.parametrize(
    ("name", "below", "says_below", "above", "says_above"), THRESHOLDS, ids=[t[0] for t in THRESHOLDS]
)
def test_each_threshold_lies_where_it_should(
    name: str, below: dict[str, Any], says_below: str, above: dict[str, Any], says_above: str
) -> None:
    assert (kind(**below), kind(**above)) == (says_below, says_above)


def test_two_that_run_at_once_take_more_than_a_core() -> None:
    one_core = replace(MACHINE, cores=1)
    assert kind(one_core, model="processes", workers=2, cores=1.0) == "mixed"
    assert kind(one_core, model="processes", workers=2, cores=1.05) == "parallel"


def test_a_window_is_frozen_from_a_tenth_of_a_second_on() -> None:
    app: dict[str, Any] = {"recipe": Recipe(host="app", seconds=3.0), "share": GIL_BOUND}
    assert kind(replace(LATE, lateness_max_ms=99.9), **app) == "gil_bound"
    assert kind(replace(LATE, lateness_max_ms=100.0), **app) == "ui_frozen"
    assert kind(LATE, share=GIL_BOUND) == "gil_bound", "a lab does not hold up the window"


def test_nobody_holds_up_a_loop_in_which_all_have_begun() -> None:
    turns: dict[str, Any] = {"share": Shares(run=0.25, wait_turn=0.75), "loop": LOOP}
    assert kind(model="asyncio", **turns, begun=4) == "turns"
    assert kind(model="asyncio", **turns) == "turns"
    assert kind(model="asyncio", **{**turns, "loop": None}, begun=1) == "turns"
    assert kind(model="thread-pool", **turns, begun=1) == "queued"


# --- order: where two rules fit

TROUBLED = {"share": GIL_BOUND, "workers": 4}
ORDER: list[tuple[str, Machine, dict[str, Any]]] = [
    ("crashed", LATE, {**TROUBLED, **CRASHED, "seconds": 0.1}),
    ("failed", MACHINE, {**TROUBLED, **FAILED, "throughput": 0.0, "seconds": 0.1}),
    ("stuck", MACHINE, {**STUCK, "workers": 2, "share": Shares(blocked=1.0)}),
    ("paused", MACHINE, {"phase": "paused", "seconds": 0.1}),
    ("paused", MACHINE, {"phase": "paused", "share": GIL_BOUND}),
    ("starting", LATE, {"recipe": Recipe(host="app", seconds=3.0), "seconds": 0.1, "share": GIL_BOUND}),
    ("short", LATE, {"recipe": Recipe(host="app", seconds=3.0), "seconds": 0.1, **ENDED}),
    ("ui_frozen", LATE, {"recipe": Recipe(host="app", seconds=3.0), "share": Shares(unknown=1.0)}),
    ("held_up", MACHINE, {"model": "asyncio", "loop": LOOP, "begun": 1, "share": Shares(run=0.3, unknown=0.7)}),
    ("holding", MACHINE, {"job": "allocate", "worker_mb": 20.0, "share": Shares(unknown=1.0)}),
    ("holding", MACHINE, {"job": "allocate", "model": "serial", "worker_mb": 20.0, "share": ASLEEP}),
    ("unknown", MACHINE, {"job": "ping-pong", "share": Shares(blocked=0.7, unknown=0.3)}),
    ("unknown", MACHINE, {"share": Shares(sleep=0.7, unknown=0.3)}),
    ("unknown", MACHINE, {"model": "serial", "share": Shares(sleep=0.7, unknown=0.3)}),
    ("talking", MACHINE, {"job": "ping-pong", "share": Shares(blocked=0.25, wait_gil=0.75)}),
    ("talking", MACHINE, {"job": "ping-pong", "share": Shares(blocked=0.8, run=0.2)}),
    ("single", MACHINE, {"model": "serial", "share": CROWDED}),
    ("gil_bound", MACHINE, {"share": Shares(wait_gil=0.5, wait_core=0.49)}),
    ("machine_full", MACHINE, {"share": Shares(wait_gil=0.49, wait_core=0.5)}),
    ("turns", MACHINE, {"model": "asyncio-to-thread", "share": Shares(wait_gil=0.4, wait_turn=0.5, run=0.1)}),
    ("gil_bound", MACHINE, {"model": "asyncio-to-thread", "share": Shares(wait_gil=0.5, wait_turn=0.4, run=0.1)}),
    ("queued", MACHINE, {"model": "thread-pool", "share": Shares(wait_gil=0.3, wait_turn=0.5, run=0.2)}),
    ("machine_full", MACHINE, {"model": "asyncio", "share": Shares(wait_core=0.45, wait_turn=0.4, run=0.15)}),
    ("turns", MACHINE, {"model": "asyncio", "share": Shares(wait_core=0.4, wait_turn=0.45, run=0.15)}),
    ("waiting", MACHINE, {"share": Shares(sleep=0.7, wait_gil=0.3)}),
    ("mixed", MACHINE, {"share": Shares(sleep=0.3, io=0.3, wait_gil=0.35, run=0.05)}),
    ("mixed", MACHINE, {"share": Shares(sleep=0.45, wait_gil=0.40, run=0.15)}),
    ("gil_bound", MACHINE, {"share": Shares(sleep=0.40, wait_gil=0.45, run=0.15)}),
    ("machine_full", TWO_CORES, {"model": "processes", "cores": 2.0, "share": CROWDED}),
    ("machine_full", MACHINE, {"workers": 1, "share": Shares(run=0.8, wait_core=0.2)}),
    ("waiting", MACHINE, {"workers": 1, "share": Shares(run=0.2, sleep=0.8)}),
    ("gil_bound", MACHINE, {"cores": 7.0, "share": Shares(run=0.7, wait_gil=0.3)}),
]


@pytest.mark.parametrize(("says", "machine", "fields"), ORDER, ids=[f"{n}-{o[0]}" for n, o in enumerate(ORDER)])
def test_of_two_rules_that_fit_one_speaks(says: str, machine: Machine, fields: dict[str, Any]) -> None:
    assert judge(made(**fields), machine).kind == says


# --- whatever comes

THREADS, ONE = Recipe(workers=4), Recipe(workers=1)
RECIPES = (
    THREADS,
    ONE,
    Recipe(workers=4, model="processes"),
    Recipe(job="sleep", workers=100),
    Recipe(model="serial"),
    Recipe(host="app", seconds=3.0),
    Recipe(host="ui", model="serial", seconds=3.0),
    Recipe(job="allocate", model="processes"),
    Recipe(job="ping-pong"),
    Recipe(job="sleep", workers=100_000, model="asyncio"),
    Recipe(model="thread-pool", workers=64),
)


@given(
    recipe=st.sampled_from(RECIPES),
    parts=st.lists(st.floats(0, 1), min_size=8, max_size=8).filter(sum),
    cores_used=st.floats(0, 300),
    machine=st.sampled_from((MACHINE, LATE, replace(MACHINE, lateness_p99_ms=None), replace(MACHINE, cores=1))),
    others=st.floats(0, 8),
    phase=st.sampled_from(("starting", "running", "paused", "stopping", "ended")),
    outcome=st.sampled_from((None, "finished", "time is up", "stopped", "crashed", "failed", "stuck")),
    seconds=st.floats(0, 10),
    begun=st.none() | st.integers(0, 1),
)
def test_there_is_a_sentence_for_every_figure(
    recipe: Recipe,
    parts: list[float],
    cores_used: float,
    machine: Machine,
    others: float,
    phase: str,
    outcome: str | None,
    seconds: float,
    begun: int | None,
) -> None:
    share = Shares(*(part / sum(parts) for part in parts))
    run = made(recipe, share=share, cores=cores_used, phase=phase, outcome=outcome, seconds=seconds, begun=begun)
    verdict = judge(run, replace(machine, busy_with_others=others))
    assert isinstance(verdict, Verdict)
    assert 5 < len(verdict.sentence) < 80
    assert verdict.sentence.endswith((".", "…"))
    assert verdict.reason
    assert verdict.reason.count("**") % 2 == 0
    assert "  " not in verdict.reason
    shown = {figure.label for figure in verdict.figures}
    assert ("Cores used" in shown) == (not run.brief)
    assert (verdict.share is None) == run.brief
    if machine.cores == 1:
        assert "of the 2" not in verdict.sentence
