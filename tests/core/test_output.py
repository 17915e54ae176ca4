"""What workers print: every line is there, whole and under the name of the worker it comes from, whatever kind that is;
a flood is bounded, and what was not shown of it is counted exactly."""

from __future__ import annotations

import gc
import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from playground import catalogue
from playground.cli.commands import main
from playground.lab.wire import current_worker
from playground.lab.wire import output_rings as layout
from playground.reading.printed import MOST_AT_ONCE, MOST_KEPT, MOST_KEPT_TEXT, Line, OutputReader, readable, share
from playground.reading.raw_output import MOST_LINES, MOST_LOOKED_AT, RawOutput
from playground.recipe.recipe import Recipe, checked
from playground.run import run_folder
from playground.run.run import Run
from tests.core import pythons
from tests.core.labs import finished, forget_added, made_of, running, to_the_end, until
from tests.core.test_models import HOMES, MODELS, POOLS

JOBS = {
    "talking_lots": """
def say(worker, number):
    print("worker", worker, "says", number)

def ops(worker, amount):
    for number in numbers(amount):
        yield Call(say, worker, number)
        yield Sleep(0.0005)
""",
    "many_ways": """
import contextvars, sys, threading
def say(worker):
    print("plain", worker)
    print("one\\ntwo", end="")
    sys.stdout.write(" three\\n")
    sys.stdout.writelines(["a", "b\\n"])
    print("to stderr", file=sys.stderr)
    sys.stdout.buffer.write("bytes \\u00fc\\n".encode())
    copy = contextvars.copy_context()
    for run in (lambda: print("a helper of nobody"), lambda: copy.run(print, "a helper of", worker)):
        helper = threading.Thread(target=run)
        helper.start()
        helper.join()
    print("not finished", end="")

def ops(worker, amount):
    yield Call(say, worker)
""",
    "shouting": """
def shout(worker):
    for number in range(1000):
        print("worker", worker, "shouts", number)

def ops(worker, amount):
    for number in numbers(amount):
        yield Call(shout, worker)
""",
    "leaving": """
def ops(worker, amount):
    if worker == 0:
        yield Call(print, "whole")
        yield Call(say)
    else:
        for _ in numbers(amount):
            yield Sleep(0.01)

def say():
    print("half a line", end="")
""",
    "crashing": """
import os
def say():
    print("last words")
    os.write(2, b"of C\\n")

solo = False

def ops(worker, amount):
    yield Call(say)
    yield Call(os.abort)
""",
    "raw": """
import os, subprocess
def raw(worker):
    os.write(1, b"by hand %d\\n" % worker)
    subprocess.run(["sh", "-c", "echo child; echo of it >&2; printf unfinished"])
    print("printed")

solo = False

def ops(worker, amount):
    yield Call(raw, worker)
""",
    "raw_flood": """
import os
def flood():
    for number in range(300):
        os.write(1, b"".join(b"%d of a flood\\n" % line for line in range(number * 1000, number * 1000 + 1000)))

solo = False

def ops(worker, amount):
    yield Call(flood)
""",
    "tried_aloud": """
def ops(worker, amount):
    yield Call(print, "aloud")
""",
    "forking": """
import os
def child():
    print("of a child")
    os._exit(0)

def fork():
    print("before")
    pid = os.fork() or child()
    os.waitpid(pid, 0)
    print("after")

def ops(worker, amount):
    yield Call(fork)
""",
}


@pytest.fixture
def own_jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    made_of(tmp_path, monkeypatch, **JOBS)
    yield
    monkeypatch.undo()
    forget_added()


def all_lines(run: Run) -> list[Line]:
    run.output.let_go()
    lines = run.output.pull()
    while run.output.behind:
        lines += run.output.pull()
    return lines


def texts(lines: list[Line], worker: int) -> list[str]:
    return [line.text for line in lines if line.worker == worker]


# --- in labs


def check_talking(run: Run, workers: int, amount: int) -> None:
    assert (run.engine.outcome, run.engine.error) == ("finished", None)
    lines = all_lines(run)
    for worker in range(workers):
        assert texts(lines, worker) == [f"worker {worker} says {number}" for number in range(amount)]
        assert run.output.lines_of(worker) == amount
    assert (run.output.total, run.output.missed, run.output.lines_of(-1)) == (workers * amount, 0, 0)
    assert run.statistics().printed == workers * amount
    times = [line.at_ns for line in lines]
    assert times == sorted(times)
    assert run.started_ns is not None
    assert run.reading.ended_ns is not None
    assert run.started_ns <= times[0] <= times[-1] <= run.reading.ended_ns


@pytest.mark.usefixtures("own_jobs")
@pytest.mark.parametrize("model", MODELS)
def test_lines_of_each_worker_are_in_order_under_every_model(model: str) -> None:
    known = {knob.name for knob in catalogue.model(model).knobs}
    knobs = {name: value for name, value in POOLS.items() if name in known}
    recipe = Recipe(job="talking-lots", model=model, workers=4, amount=20, knobs=knobs, interpreter=HOMES[model])
    with finished(checked(recipe)) as run:
        check_talking(run, 4, 20)


@pytest.mark.usefixtures("own_jobs")
@pytest.mark.parametrize("method", ["fork", "forkserver"])
@pytest.mark.parametrize("model", ["processes", "process-pool"])
def test_lines_come_from_processes_however_they_start(model: str, method: str) -> None:
    recipe = Recipe(job="talking-lots", model=model, workers=3, amount=20, knobs={"start_method": method})
    with finished(recipe) as run:
        check_talking(run, 3, 20)


OTHERS = [
    *(
        (name, model)
        for name in ("3.8", "3.12", "3.13", "3.13t", "3.14t", "pypy")
        for model in ("threads", "processes")
    ),
    ("3.8", "asyncio-to-thread"),
    ("3.12", "subinterpreters"),
    ("3.13t", "thread-pool"),
]


@pytest.mark.usefixtures("own_jobs")
@pytest.mark.parametrize(("name", "model"), OTHERS)
def test_lines_come_from_other_pythons(name: str, model: str) -> None:
    python = pythons.python(name)
    recipe = Recipe(job="talking-lots", model=model, workers=3, amount=20, interpreter=python.path)
    with finished(recipe) as run:
        check_talking(run, 3, 20)


@pytest.mark.usefixtures("own_jobs")
@pytest.mark.parametrize("model", ["serial", "threads", "processes", "process-pool", "asyncio", "greenlet"])
def test_each_way_to_print_and_helper_threads(model: str) -> None:
    with finished(Recipe(job="many-ways", model=model, workers=2, amount=1)) as run:
        lines = all_lines(run)
        for worker in range(2):
            own = [f"plain {worker}", "one", "two three", "ab", "to stderr", "bytes ü"]
            assert texts(lines, worker) == [*own, f"a helper of {worker}", "not finished"]
        assert texts(lines, -1) == ["a helper of nobody"] * 2
        assert run.output.lines_of(-1) == 2


@pytest.mark.usefixtures("own_jobs")
@pytest.mark.parametrize("model", ["threads", "processes", "asyncio"])
def test_a_flood_is_bounded_and_what_is_missed_is_counted_exactly(model: str) -> None:
    with running(Recipe(job="shouting", model=model, workers=4, amount=25)) as run:
        until(run, lambda: run.output.total)
        size = (run.directory.path / "output").stat().st_size
        first = run.output.pull()
        assert 0 < len(first) <= MOST_AT_ONCE
        to_the_end(run)
        assert (run.directory.path / "output").stat().st_size == size
        lines = first + all_lines(run)
        assert run.output.total == 100_000
        assert len(lines) + run.output.missed == 100_000
        assert sum(line.missed for line in lines) == run.output.missed
        assert len(lines) < 20_000
        for worker in range(4):
            assert run.output.lines_of(worker) == 25_000
        newest = {line.worker: line.text.split()[-1] for line in lines}
        assert newest[lines[-1].worker] == "999"
        if model != "asyncio":  # there all share a ring
            assert newest == dict.fromkeys(range(4), "999")


@pytest.mark.usefixtures("own_jobs")
def test_very_many_tasks_share_the_rings_of_their_processes() -> None:
    recipe = Recipe(job="talking-lots", model="process-pool", workers=1000, amount=1, knobs={"pool_size": 3})
    with finished(recipe) as run:
        lines = all_lines(run)
        assert run.output.total == 1000
        assert [run.output.lines_of(worker) for worker in range(1000)] == [1] * 1000
        assert len(lines) + run.output.missed == 1000
        assert {line.text for line in lines} <= {f"worker {worker} says 0" for worker in range(1000)}


@pytest.mark.usefixtures("own_jobs")
@pytest.mark.parametrize("model", ["serial", "threads", "processes", "process-pool", "asyncio"])
def test_what_a_worker_did_not_finish_is_shown_when_it_ends(model: str) -> None:
    with running(Recipe(job="leaving", model=model, workers=2)) as run:
        until(run, lambda: run.output.total == 2)
        assert [line.text for line in run.output.pull()] == ["whole", "half a line"]


@pytest.mark.usefixtures("own_jobs")
def test_a_crash_is_still_told_by_the_log() -> None:
    with finished(Recipe(job="crashing", model="threads", workers=1, amount=1)) as run:
        assert run.engine.outcome == "crashed"
        assert "SIGABRT" in (run.engine.error or "")
        assert "of C\nFatal Python error: Aborted" in (run.engine.error or "")
        assert texts(all_lines(run), 0) == ["last words"]


@pytest.mark.usefixtures("own_jobs")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_what_a_forked_child_prints_does_not_get_into_its_parents_lines() -> None:
    with finished(Recipe(job="forking", model="serial", workers=1, amount=1)) as run:
        assert texts(all_lines(run), 0) == ["before", "after"]


@pytest.mark.usefixtures("own_jobs")
@pytest.mark.skipif(os.name != "posix", reason="it needs a shell")
@pytest.mark.parametrize("model", ["threads", "processes", "process-pool", "asyncio"])
def test_what_child_programs_and_c_code_write_is_not_lost(model: str) -> None:
    with finished(Recipe(job="raw", model=model, workers=2, amount=1)) as run:
        lines = all_lines(run)
        raw = "".join(sorted(texts(lines, -1)))
        assert [raw.count(words) for words in ("by hand 0", "by hand 1", "child", "of it", "unfinished")] == [
            1,
            1,
            2,
            2,
            2,
        ]
        assert texts(lines, 0) == texts(lines, 1) == ["printed"]
        assert run.output.total == len(lines) == 2 + run.output.lines_of(-1)
        assert run.statistics().printed == len(lines)
        times = [line.at_ns for line in lines]
        assert times == sorted(times)


@pytest.mark.usefixtures("own_jobs")
def test_a_raw_flood_is_bounded_and_counted_exactly() -> None:
    with finished(Recipe(job="raw-flood", model="threads", workers=1, amount=1)) as run:
        lines = all_lines(run)
        assert run.output.total == 300_000
        assert len(lines) + run.output.missed == 300_000
        assert sum(line.missed for line in lines) == run.output.missed
        assert lines[-1].text == "299999 of a flood"
        assert len(lines) <= 5000


@pytest.mark.usefixtures("own_jobs")
def test_what_an_op_prints_while_it_is_only_tried_is_not_shown() -> None:
    with finished(Recipe(job="tried-aloud", model="threads", workers=1, amount=1)) as run:
        assert [line.text for line in all_lines(run)] == ["aloud"]
        assert run.engine.log == ""  # type: ignore[attr-defined]


def test_raw_lines_stand_among_the_others_in_the_order_of_time(desk: Desk) -> None:
    raw = RawOutput()
    reader = OutputReader(desk.path, raw)
    desk.say("first\n")
    raw.feed(b"second\nhalf ")
    desk.say("third\n")
    raw.feed(b"\xc3")
    raw.feed(b"\xbc a line\n")
    desk.say("last\n", worker=1)
    assert [(line.text, line.worker) for line in reader.pull()] == [
        ("first", 0),
        ("second", -1),
        ("third", 0),
        ("half ü a line", -1),
        ("last", 1),
    ]
    assert (reader.total, reader.lines_of(-1), reader.lines_of(0)) == (5, 2, 2)
    raw.feed(b"no end")
    assert reader.pull() == []
    raw.end()
    raw.end()
    assert [line.text for line in reader.pull()] == ["no end"]


def test_raw_lines_that_nobody_takes_are_bounded_and_counted() -> None:
    raw = RawOutput()
    for number in range(MOST_LINES + 10):
        raw.feed(b"%d\n" % number)
    taken = raw.take()
    assert (len(taken), taken[0][1:], taken[1][1:]) == (MOST_LINES, ("10", 10), ("11", 0))
    raw.feed(b"begun" + b"x\n" * MOST_LOOKED_AT)  # twice as many bytes as are looked at
    taken = raw.take()
    missed = sum(line[2] for line in taken)
    assert len(taken) + missed == MOST_LOOKED_AT
    assert raw.total == MOST_LINES + 10 + MOST_LOOKED_AT
    raw.feed(b"y" * 3 * layout.MOST_BYTES)
    raw.feed(b"y\n")
    taken = raw.take()
    assert [text[:2] for _, text, _ in taken] == ["yy", "y"]
    assert taken[0][1].endswith(f" … {2 * layout.MOST_BYTES} more bytes")


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    if not sys.platform.startswith("linux") or os.getuid() != 0:
        pytest.skip("only root can mount a small file system")
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", str(place)], capture_output=True)
    if made.returncode:
        pytest.skip(f"cannot mount here: {made.stderr.decode().strip()}")
    monkeypatch.setattr(run_folder, "home", lambda: place / "home")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_told_before_anyone_starts(small_disk: Path) -> None:
    with running(Recipe(job="primes", workers=2, amount=10)) as run:
        free = os.statvfs(small_disk)
        with open(small_disk / "filler", "wb") as filler:
            os.posix_fallocate(filler.fileno(), 0, (free.f_bavail - 100) * free.f_frsize)
        to_the_end(run)
        assert run.engine.outcome == "failed"
        assert "cannot make the run's output" in (run.engine.error or "")
        assert "No space left on device" in (run.engine.error or "")
        assert run.started_ns is None
        assert (run.output.total, run.output.pull()) == (0, [])


@pytest.mark.usefixtures("own_jobs")
def test_the_command_line_shows_it_beside_the_figures(capsys: pytest.CaptureFixture[str]) -> None:
    given = ["run", "--job", "talking-lots", "--workers", "2", "--amount", "5", "--model", "threads", "--json"]
    assert main(given) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["printed"] == 10
    shown = [line for line in said.err.splitlines() if line[:3] in ("A: ", "B: ")]
    assert sorted(shown) == [
        f"{'AB'[worker]}: worker {worker} says {number}" for worker in (0, 1) for number in range(5)
    ]


# --- the file, as one process writes and reads it


class Desk:
    """A file of output, written by this test."""

    def __init__(self, place: Path, workers: int, **kind: bool) -> None:
        self.path = place / "output"
        layout.create(str(self.path), workers, **kind)
        self.output = layout.Output(str(self.path), home=0)
        self.stream = layout.Stream(self.output, io.StringIO())
        self.reader = OutputReader(self.path)

    def say(self, text: str, worker: int = 0) -> None:
        before = current_worker.worker.set(worker)
        try:
            print(text, end="", file=self.stream)
        finally:
            current_worker.worker.reset(before)

    def lines(self) -> list[str]:
        """All that are new."""
        lines = self.reader.pull()
        while self.reader.behind:
            lines += self.reader.pull()
        return [line.text for line in lines]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, 2)


def test_a_line_is_there_when_it_is_whole(desk: Desk) -> None:
    desk.say("a")
    desk.say("b", worker=1)
    assert desk.lines() == []
    desk.say("c\n\nd")
    assert desk.lines() == ["ac", ""]
    desk.stream.end(0)
    desk.stream.end(0)
    assert desk.lines() == ["d"]
    desk.stream.end_all()
    assert desk.lines() == ["b"]


@pytest.mark.parametrize(
    "text",
    ["", "ü" * 103, "ü" * 104, "✓" * 300, "😀" * 400, "x" * layout.MOST_BYTES, "\0zeros at the end\0\0", "tab\tbell\a"],
)
def test_lines_of_any_length_and_script_come_as_they_were(desk: Desk, text: str) -> None:
    desk.say(f"before\n{text}\nafter\n")
    assert desk.lines() == ["before", text, "after"]


def test_a_line_that_is_too_long_is_cut_and_says_so(desk: Desk) -> None:
    for text in ("é" * 5000, "x" * 5_000_000):
        desk.say(text + "\n")
        [line] = desk.lines()
        kept, _, rest = line.partition(" … ")
        assert 900 < len(kept) < layout.MOST_BYTES
        assert text.startswith(kept)
        assert rest == f"{len(text) - len(kept)} more characters"


def test_a_line_that_is_too_long_is_one_line_however_it_is_printed(desk: Desk) -> None:
    for _ in range(3):
        desk.say("x" * 3000)  # as print does: the text, and then the end of the line
        desk.say("\n")
    assert [line[:5] for line in desk.lines()] == ["xxxxx"] * 3
    assert desk.reader.total == 3
    desk.say("x" * 3000)
    desk.say("\n\nnext\n")
    assert [line[:5] for line in desk.lines()] == ["xxxxx", "", "next"]
    desk.say("x" * 3000)
    desk.say("more\n")
    assert [line[:5] for line in desk.lines()] == ["xxxxx", "more"]
    desk.say("x" * 3000)
    desk.stream.end(0)
    desk.say("\n")
    assert [line[:5] for line in desk.lines()] == ["xxxxx", ""], "what comes after the end is another line"


def test_a_text_without_an_end_does_not_pile_up(desk: Desk) -> None:
    for _ in range(1000):
        desk.say("0123456789")
    desk.stream.end(0)
    lines = desk.lines()
    assert len(lines) > 2
    assert all(len(line) <= layout.MOST_BYTES for line in lines)
    assert "".join(lines) == "0123456789" * 1000


def test_what_cannot_be_encoded_is_shown_escaped(desk: Desk) -> None:
    desk.say("lone \ud800 surrogate\n")
    assert desk.lines() == ["lone \\ud800 surrogate"]


def test_a_stream_is_as_a_file_of_text_is(desk: Desk) -> None:
    with pytest.raises(TypeError, match="must be str, not int"):
        desk.stream.write(5)
    assert (desk.stream.writable(), desk.stream.isatty(), desk.stream.encoding) == (True, False, "utf-8")
    desk.stream.reconfigure(line_buffering=False, encoding="latin-1")
    desk.stream.close()
    desk.stream.flush()
    desk.say("still open\n")
    assert desk.lines() == ["still open"]


def test_a_reader_that_falls_behind_goes_on_with_the_newest(desk: Desk) -> None:
    before = current_worker.worker.set(0)
    for number in range(30_000):
        print(number, file=desk.stream)
    current_worker.worker.reset(before)
    desk.say("one of B\n", worker=1)
    seen: list[Line] = []
    looks = 0
    while not looks or desk.reader.behind:
        looks += 1
        lines = desk.reader.pull()
        assert len(lines) <= MOST_AT_ONCE
        seen += lines
    numbers = [int(line.text) for line in seen if line.worker == 0]
    assert numbers == list(range(30_000 - len(numbers), 30_000))
    assert texts(seen, 1) == ["one of B"]
    assert desk.reader.missed == seen[0].missed == 30_000 - len(numbers)
    assert desk.reader.total == 30_001


def test_a_reader_keeps_the_last_lines_for_whoever_asks(desk: Desk) -> None:
    for number in range(MOST_KEPT + 300):
        desk.say(f"{number}\n")
        if number % 200 == 0:
            desk.reader.look()
    while desk.reader.behind:
        desk.reader.look()
    assert len(desk.reader.since(0)) == MOST_KEPT
    assert desk.reader.count == MOST_KEPT + 300
    assert [line.text for line in desk.reader.since(desk.reader.count - 2)] == ["5298", "5299"]
    assert desk.reader.since(desk.reader.count) == []


def test_long_lines_are_not_kept_as_many(desk: Desk) -> None:
    for _ in range(2000):
        desk.say("x" * layout.MOST_BYTES + "\n")
        desk.reader.look()
    assert sum(len(line.text) for line in desk.reader.since(0)) <= MOST_KEPT_TEXT
    assert desk.reader.missed == 0


def test_the_last_lines_outlive_the_file(desk: Desk) -> None:
    for number in range(2000):
        desk.say(f"{number}\n", worker=number % 2)
    desk.reader.let_go()
    desk.path.unlink()
    assert desk.lines() == [str(number) for number in range(2000)]
    assert (desk.reader.total, desk.reader.lines_of(0), desk.reader.lines_of(1)) == (2000, 1000, 1000)


def test_a_reader_of_what_is_not_there_yet_waits_for_it(tmp_path: Path) -> None:
    reader = OutputReader(tmp_path / "output")
    assert (reader.pull(), reader.total, reader.lines_of(0), reader.behind) == ([], 0, 0, False)
    desk = Desk(tmp_path, 1)
    desk.say("now\n")
    assert [line.text for line in reader.pull()] == ["now"]


@pytest.mark.parametrize("kind", [{}, {"one_interpreter": False}, {"one_loop": True}])
def test_the_file_is_bounded_whatever_the_count(tmp_path: Path, kind: dict[str, bool]) -> None:
    for workers in (1, 5, layout.MOST_RINGS - 1, layout.MOST_RINGS, 100_000):
        path = tmp_path / f"{workers}"
        layout.create(str(path), workers, **kind)
        assert path.stat().st_size <= 8_000_000
        made = layout.Output(str(path), home=0)
        assert made.put(workers - 1, ["from the last"])
        assert [line.worker for line in OutputReader(path).pull()] == [workers - 1]


def test_a_shared_ring_is_claimed_by_one_only(tmp_path: Path) -> None:
    desk = Desk(tmp_path, layout.MOST_RINGS, one_interpreter=False)
    others = [layout.Output(str(desk.path)) for _ in range(layout.SHARED_RINGS)]
    wrote = [other.put(number, [f"of {number}"]) for number, other in enumerate(others)]
    assert wrote == [True] * (layout.SHARED_RINGS - 1) + [False], "one more than there are rings"
    assert sorted(desk.lines()) == sorted(f"of {number}" for number in range(layout.SHARED_RINGS - 1))


def test_a_short_ring_that_was_lapped_gives_its_newest_lines(tmp_path: Path) -> None:
    desk = Desk(tmp_path, layout.MOST_RINGS, one_interpreter=False)
    room = layout.SLOTS_IN_ALL // layout.SHARED_RINGS - layout.MOST_PIECES
    desk.say("".join(f"{number}\n" for number in range(2000)))
    assert desk.lines() == [str(number) for number in range(2000 - room, 2000)]
    assert desk.reader.missed == 2000 - room


def test_what_has_no_place_goes_where_it_went_before(tmp_path: Path) -> None:
    desk = Desk(tmp_path, 2)
    under = io.StringIO()
    stream = layout.Stream(layout.Output(str(desk.path)), under)  # a pool's process, before it has a worker
    print("nobody's", file=stream)
    assert under.getvalue() == "nobody's\n"
    assert desk.lines() == []


def test_many_threads_at_once_leave_every_line_whole(tmp_path: Path) -> None:
    desk = Desk(tmp_path, 1)
    each, count = 500, 8

    def talk(number: int, worker: int) -> None:
        current_worker.worker.set(worker)
        for line in range(each):
            print("thread", number, "line", line, file=desk.stream)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=talk, args=(number, number % 2 - 1)) for number in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    lines = desk.lines()
    for number in range(count):
        own = [line for line in lines if line.startswith(f"thread {number} ")]
        assert own == [f"thread {number} line {line}" for line in range(each)]
    assert len(lines) == desk.reader.total == each * count
    assert desk.reader.lines_of(0) == desk.reader.lines_of(-1) == each * count // 2


def test_a_finalizer_that_prints_in_the_middle_of_a_print(desk: Desk) -> None:
    class Loud:
        def __init__(self) -> None:
            self.itself = self

        def __del__(self) -> None:
            print("gone", file=desk.stream)

    before = gc.get_threshold()
    gc.set_threshold(1)
    try:
        for number in range(200):
            Loud()
            desk.say(f"line {number}\n")
    finally:
        gc.set_threshold(*before)
    gc.collect()
    lines = desk.lines()
    assert [line for line in lines if line != "gone"] == [f"line {number}" for number in range(200)]
    assert lines.count("gone") == 200


def test_shares_of_what_there_is() -> None:
    assert share(np.array([10, 10, 10]), 300) == 300
    assert share(np.array([10, 1000, 20]), 300) == 270
    assert share(np.array([1000, 1000, 1000, 1000]), 300) == 75


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("ünïcödé ✓ 日本", "ünïcödé ✓ 日本"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;a title\x07after \x1b]8;;http://x\x1b\\a link", "after a link"),
        ("\x1b[2Kcleared\x1b[?25l", "cleared"),
        ("10 %\r20 %\r30 %\r", "30 %"),
        ("bell\a and \x00 and \x7f", "bell␇ and ␀ and ␡"),
        ("a\tb", "a    b"),
        ("\x1b alone", "␛ alone"),
        ("a \u202etxt.exe\u2069 \u200bb\ufeff \udc80", "a \\u202etxt.exe\\u2069 \\u200bb\\ufeff \\udc80"),
    ],
)
def test_lines_are_made_readable(text: str, shown: str) -> None:
    assert readable(text) == shown
