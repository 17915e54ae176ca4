"""The GIL probe against real labs: processes whose threads know, each for itself, when they held the GIL.

The lab here is a small one of its own. A thread that reads the clock in a tight loop holds the GIL from one look to the
next unless the looks lie far apart; these stretches are the truth that the probe's samples are compared with."""

from __future__ import annotations

import errno
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from playground.lab.watching import gil, probe
from playground.lab.wire import ring

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 20.0

pytestmark = pytest.mark.skipif(
    not (sys.platform.startswith("linux") or sys.platform == "win32"), reason="the probe cannot read here, and says so"
)

LAB = """
import json, os, sys, threading, time
sys.path.insert(0, sys.argv[1])
from playground.lab.watching import gil, machine; from playground.lab.wire import ring
machine.die_with_parent(os.getppid())
directory, first, count, show = sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5] != "hide"
clock = time.perf_counter_ns
control = ring.map_words(directory + "/control")[1]
gil.allow_tracing(os.getppid())
record = gil.find()
rings = ring.Rings(directory + "/rings")
held = {}

def spin(index):
    own = rings.ring(index)
    own.begin(threading.get_native_id(), gil.thread_state(), clock())
    own.words[ring.W_GIL_LAYOUT] = record.layout
    own.words[ring.W_GIL_ADDRESS] = record.address if show else 0
    stretches = held.setdefault(gil.thread_state(), [])
    begun = last = clock()
    while not control[ring.C_STOP]:
        now = clock()
        if now - last > 20000:
            stretches.append((begun, last))
            begun = now
        last = now
        own.words[ring.W_OPS] += 1
    stretches.append((begun, last))
    own.end(clock())

threads = [threading.Thread(target=spin, args=(first + index,)) for index in range(count)]
for thread in threads: thread.start()
print("running", flush=True)
for thread in threads: thread.join()
print(json.dumps({str(state): stretches for state, stretches in held.items()}), flush=True)
sys.stdin.read()
"""


def wait_for(what: Callable[[], object], limit_s: float = LIMIT_S) -> None:
    until = time.monotonic() + limit_s
    while not what():
        assert time.monotonic() < until, "did not happen in time"
        time.sleep(0.005)


class Bench:
    """A run's directory, its labs and its probe."""

    def __init__(self, directory: Path, workers: int, rate: int = 1000, capacity: int = 65536) -> None:
        self.directory = directory
        self.workers = workers
        self.processes: list[subprocess.Popen[str]] = []
        ring.create_control(str(directory / "control"))
        ring.create_probe(str(directory / "gil.ring"), capacity)
        ring.create(str(directory / "rings"), 16, workers, workers)
        self.control = ring.map_words(str(directory / "control"))[1]
        self.control[ring.C_PROBE_RATE] = rate
        self.block, self.words = ring.map_words(str(directory / "gil.ring"))

    def lab(self, first: int, threads: int, python: str = sys.executable, show: bool = True) -> subprocess.Popen[str]:
        arguments = [str(ROOT), str(self.directory), str(first), str(threads), "show" if show else "hide"]
        lab = self._start([python, "-c", LAB, *arguments])
        assert lab.stdout is not None
        assert lab.stdout.readline() == "running\n"
        return lab

    def probe(self, *prefix: str) -> subprocess.Popen[str]:
        start = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from playground.lab.watching.probe import main; "
        start += "raise SystemExit(main(sys.argv[1:]))"
        return self._start(
            [*prefix, sys.executable, "-I", "-S", "-E", "-c", start, str(self.directory), str(self.workers)]
        )

    def _start(self, line: list[str]) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        self.processes.append(subprocess.Popen(line, stdin=pipe, stdout=pipe, stderr=pipe, text=True))
        return self.processes[-1]

    def head(self) -> int:
        return self.words[ring.W_HEAD]

    def wait_for_samples(self, count: int) -> None:
        goal = self.head() + count
        wait_for(lambda: self.head() >= goal)

    def samples(self) -> list[tuple[int, int, int, int, int]]:
        """(t, holder, switches, target, locked), oldest first."""
        capacity, head = self.words[ring.W_CAPACITY], self.head()
        places = (ring.HEADER_BYTES + index % capacity * 32 for index in range(max(0, head - capacity), head))
        return [ring.PROBE_RECORD.unpack_from(self.block, place) for place in places]

    def stop(self) -> None:
        self.control[ring.C_STOP] = 1

    def close(self) -> None:
        self.stop()
        for process in self.processes:
            process.kill()
            process.communicate()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    benches = []

    def make(workers: int, rate: int = 1000, capacity: int = 65536) -> Bench:
        benches.append(Bench(tmp_path, workers, rate, capacity))
        return benches[-1]

    yield make
    for made in benches:
        made.close()


def said(process: subprocess.Popen[str]) -> dict[str, str]:
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], LIMIT_S)
    assert ready, "the probe said nothing"
    answer: dict[str, str] = json.loads(process.stdout.readline())
    return answer


def truth(lab: subprocess.Popen[str]) -> list[tuple[int, int, int]]:
    """(begun, ended, thread state) of the stretches in which a thread is sure that it held the GIL. Two of one thread
    with none of another between are one: it lost its core for a moment, perhaps to the probe."""
    assert lab.stdout is not None
    held = json.loads(lab.stdout.readline())
    joined: list[tuple[int, int, int]] = []
    for begun, ended, state in sorted((*pair, int(state)) for state, pairs in held.items() for pair in pairs):
        if joined and joined[-1][2] == state:
            begun = joined.pop()[0]
        joined.append((begun, ended, state))
    return joined


def agreement(
    samples: list[tuple[int, int, int, int, int]], stretches: list[tuple[int, int, int]]
) -> tuple[float, int]:
    """Part of the samples within a stretch that name its thread, and how many those are."""
    right = decided = at = 0
    for t, holder, _, _, locked in samples:
        while at < len(stretches) and stretches[at][1] < t:
            at += 1
        if at < len(stretches) and stretches[at][0] <= t:
            decided += 1
            right += locked == 1 and holder == stretches[at][2]
    return right / max(decided, 1), decided


# --- what it sees -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("threads", [1, 2, 4, 16])
def test_sees_who_holds_the_gil(bench: Callable[..., Bench], threads: int) -> None:
    run = bench(threads)
    lab, watcher = run.lab(0, threads), run.probe()
    assert said(watcher) == {"event": "sampling"}
    run.wait_for_samples(1500)
    run.stop()
    share, decided = agreement(run.samples(), truth(lab))
    assert decided > 700
    assert share >= 0.98


def test_counts_every_hand_off(bench: Callable[..., Bench]) -> None:
    """As often as the threads themselves saw that it was another's turn."""
    run = bench(4)
    lab = run.lab(0, 4)
    run.probe()
    run.wait_for_samples(1000)
    run.stop()
    stretches = truth(lab)
    samples = [sample for sample in run.samples() if stretches[0][0] < sample[0] < stretches[-1][1]]
    switches = [sample[2] for sample in samples]
    assert switches == sorted(switches)
    assert len({sample[1] for sample in samples}) >= 4
    handed = [begun for begun, _, _ in stretches[1:] if samples[0][0] < begun < samples[-1][0]]
    assert switches[-1] - switches[0] == pytest.approx(len(handed), rel=0.1, abs=3)


@pytest.mark.parametrize("rate", [250, 1000])
def test_samples_are_as_many_as_were_asked_for(bench: Callable[..., Bench], rate: int) -> None:
    """In the best hundred in a row: a machine that is busy with something else takes some away, and adds none."""
    run = bench(1, rate=rate)
    run.lab(0, 1)
    run.probe()
    run.wait_for_samples(600)
    times = [sample[0] for sample in run.samples()]
    best = max(99e9 / (last - first) for first, last in zip(times, times[99:], strict=False))
    assert 0.9 * rate < best < 1.1 * rate


def test_each_process_is_one_target_and_named_by_its_first_worker(bench: Callable[..., Bench]) -> None:
    run = bench(5)
    run.lab(0, 2)
    run.lab(2, 3)
    run.probe()
    wait_for(lambda: {sample[3] for sample in run.samples()} == {0, 2})


def test_finds_targets_that_come_late_and_drops_those_that_end(bench: Callable[..., Bench]) -> None:
    run = bench(2)
    watcher = run.probe()
    first = run.lab(0, 1)
    assert said(watcher) == {"event": "sampling"}
    run.lab(1, 1)
    wait_for(lambda: run.samples()[-1][3] == 1)
    first.kill()
    first.communicate()
    after = run.head()
    run.wait_for_samples(200)
    late = [sample[3] for sample in run.samples()[after:]]
    assert late.count(0) <= 1  # one may have been on its way
    assert watcher.poll() is None


def test_time_goes_forward_and_the_head_counts_every_sample(bench: Callable[..., Bench]) -> None:
    run = bench(1, rate=10_000, capacity=4096)
    lab, watcher = run.lab(0, 1), run.probe()
    run.wait_for_samples(9000)  # laps the ring
    lab.kill()
    run.stop()
    assert watcher.wait(LIMIT_S) == 0  # nothing is overwritten while we look
    assert run.head() >= 9000
    times = [sample[0] for sample in run.samples()]
    assert len(times) == 4096
    assert times == sorted(times)


def test_the_rate_can_be_changed_while_it_runs(bench: Callable[..., Bench]) -> None:
    run = bench(1, rate=100)
    run.lab(0, 1)
    run.probe()
    run.wait_for_samples(30)
    slow = run.samples()[-10:]
    run.control[ring.C_PROBE_RATE] = 5000
    run.wait_for_samples(1000)
    fast = run.samples()[-500:]
    assert (slow[-1][0] - slow[0][0]) / 9 > 5 * (fast[-1][0] - fast[0][0]) / 499


def test_many_targets_share_a_bounded_number_of_reads(bench: Callable[..., Bench]) -> None:
    run = bench(3, rate=10_000)
    for index in range(3):
        run.lab(index, 1)
    run.probe()
    wait_for(lambda: {sample[3] for sample in run.samples()[-9:]} == {0, 1, 2})
    begun = run.head()
    run.wait_for_samples(3000)
    samples = run.samples()[begun:]
    rate = len(samples) / (samples[-1][0] - samples[0][0]) * 1e9
    assert rate <= 1.1 * probe.READS_PER_S


def test_tells_its_own_cost(bench: Callable[..., Bench]) -> None:
    run = bench(1)
    run.lab(0, 1)
    watcher = run.probe()
    run.wait_for_samples(500)
    early = run.words[ring.W_CPU]
    wait_for(lambda: run.words[ring.W_CPU] > early > 0)
    assert run.words[ring.W_PID] == watcher.pid
    assert run.words[ring.W_FLAGS] == 0


# --- when it ends -------------------------------------------------------------------------------------------------


def test_ends_when_the_run_is_stopped_and_its_processes_are_done(bench: Callable[..., Bench]) -> None:
    run = bench(2)
    run.lab(0, 2)
    watcher = run.probe()
    run.wait_for_samples(10)
    run.stop()
    assert watcher.wait(LIMIT_S) == 0
    assert run.words[ring.W_ENDED] >= run.words[ring.W_STARTED] > 0


def test_goes_on_until_a_lab_that_ignores_the_stop_is_killed(bench: Callable[..., Bench]) -> None:
    run = bench(1)
    lab = run.lab(0, 1)
    watcher = run.probe()
    run.wait_for_samples(10)
    os.kill(lab.pid, signal.SIGSTOP)  # deaf from now on: each thread of it, and not a moment later than the stop
    threads = list(Path(f"/proc/{lab.pid}/task").iterdir())
    wait_for(lambda: all((thread / "stat").read_text().rpartition(")")[2].split()[0] == "T" for thread in threads))
    run.stop()
    run.wait_for_samples(200)
    assert watcher.poll() is None
    lab.kill()
    assert watcher.wait(LIMIT_S) == 0


def test_ends_when_its_stdin_closes(bench: Callable[..., Bench]) -> None:
    run = bench(1)
    run.lab(0, 1)
    watcher = run.probe()
    run.wait_for_samples(10)
    assert watcher.stdin is not None
    watcher.stdin.close()
    assert watcher.wait(LIMIT_S) == 0
    watcher.stdin = None


def test_ends_when_the_directory_goes(bench: Callable[..., Bench]) -> None:
    run = bench(1)
    run.lab(0, 1)
    watcher = run.probe()
    run.wait_for_samples(10)
    shutil.rmtree(run.directory)
    assert watcher.wait(LIMIT_S) == 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel holds the leash only on Linux")
def test_dies_with_a_parent_that_is_killed(bench: Callable[..., Bench], tmp_path: Path) -> None:
    """Even where something else keeps its stdin open."""
    run = bench(1)
    run.lab(0, 1)
    start = f"""
import subprocess, sys, time
sys.path.insert(0, {str(ROOT)!r})
line = [sys.executable, "-c", "import sys; sys.path.insert(0, sys.argv.pop(1)); "
        "from playground.lab.watching.probe import main; main(sys.argv[1:])", {str(ROOT)!r}, {str(run.directory)!r},
        "1"]
print(subprocess.Popen(line).pid, flush=True)
time.sleep(60)
"""
    parent = run._start([sys.executable, "-c", start])
    assert parent.stdout is not None
    watcher = int(parent.stdout.readline())
    run.wait_for_samples(10)
    parent.kill()
    parent.wait()
    wait_for(lambda: not Path(f"/proc/{watcher}").exists() or " Z " in Path(f"/proc/{watcher}/stat").read_text())


def test_the_lab_goes_on_when_the_probe_is_killed(bench: Callable[..., Bench]) -> None:
    run = bench(1)
    lab = run.lab(0, 1)
    watcher = run.probe()
    run.wait_for_samples(10)
    watcher.kill()
    watcher.wait()
    worker = ring.Rings(str(run.directory / "rings")).ring(0)
    done = worker.words[ring.W_OPS]
    wait_for(lambda: worker.words[ring.W_OPS] > done)
    assert lab.poll() is None


# --- when it cannot -----------------------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root, to give root up")
def test_says_why_when_it_may_not_read(bench: Callable[..., Bench]) -> None:
    if not shutil.which("setpriv"):
        pytest.skip("no setpriv here")
    run = bench(1)
    lab = run.lab(0, 1)
    for path in [run.directory, *run.directory.parents[:-1]]:
        path.chmod(path.stat().st_mode | 0o005)
    for path in run.directory.iterdir():
        path.chmod(0o666)
    watcher = run.probe("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups")
    answer = said(watcher)
    assert answer["event"] == "failed"
    assert "ptrace_scope" in answer["error"]
    assert watcher.wait(LIMIT_S) == 1
    assert run.words[ring.W_FLAGS] == probe.FAILED
    assert lab.poll() is None


@pytest.mark.parametrize(
    ("scope", "expected"), [(0, "SYS_PTRACE"), (1, "SYS_PTRACE"), (2, "sudo sysctl"), (3, "restart")]
)
def test_each_refusal_has_its_reason(
    scope: int, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting = tmp_path / "ptrace_scope"
    setting.write_text(f"{scope}\n")
    monkeypatch.setattr(probe, "YAMA", str(setting))
    assert expected in probe.why_refused(PermissionError(1, "no"))


def test_a_system_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gil, "SYSTEM", "darwin")
    with pytest.raises(probe.Unreadable, match="rights"):
        probe.reader_here()


def test_a_hidden_record_is_no_target(bench: Callable[..., Bench]) -> None:
    run = bench(2)
    run.lab(0, 1, show=False)
    run.probe()
    run.lab(1, 1)
    run.wait_for_samples(100)
    assert {sample[3] for sample in run.samples()} == {1}


def test_when_the_last_one_has_ended_it_rests_until_its_next_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It burned a core for up to 50 ms, just when a run ends."""
    bench = Bench(tmp_path, 1)
    made = probe.Probe(str(bench.directory), 1, os.getppid())
    now, slept, looks = [10**12], list[float](), list[int]()

    class Gone:
        """A process that ends before the third look at its GIL."""

        number, key = 0, (1, 2)

        def sample(self) -> tuple[int, int, int]:
            if len(slept) > 2:
                raise ProcessLookupError(errno.ESRCH, "gone")
            return 1, 1, 1

    class Targets:
        live: ClassVar[list[Gone]] = [Gone()]

        def look(self) -> None:
            looks.append(now[0])

        def drop(self, target: Gone) -> None:
            self.live = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += round(seconds * 1e9)

    def clock() -> int:
        now[0] += 1000  # to look at it takes time too: else a loop that never sleeps never ended
        return now[0]

    monkeypatch.setattr(probe, "clock", clock)
    monkeypatch.setattr(probe.time, "sleep", sleep)  # type: ignore[attr-defined]
    monkeypatch.setattr(made, "_over", lambda targets: len(looks) > 2)
    made.sampled = True
    made._watch(Targets())
    assert len(slept) < 10
    assert slept[-1] > 0.04, "until the next look"
    bench.close()


@pytest.mark.parametrize("refused", [False, True])
def test_it_wakes_for_whoever_looks_at_threads_unless_the_system_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: bool
) -> None:
    bench = Bench(tmp_path, 1)
    made = probe.Probe(str(bench.directory), 1, os.getppid())
    now, slept = [10**12], list[float]()
    looker: Any = SimpleNamespace(
        due=now[0] + 3_000_000, refused=refused, sample=lambda now: setattr(looker, "due", 2**62)
    )

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += round(seconds * 1e9)

    monkeypatch.setattr(probe, "clock", lambda: now[0])
    monkeypatch.setattr(probe.time, "sleep", sleep)  # type: ignore[attr-defined]
    monkeypatch.setattr(probe.thread_looks, "looker", lambda *_: looker)  # type: ignore[attr-defined]
    monkeypatch.setattr(made, "_over", lambda targets: len(slept) > 1)
    made._watch(SimpleNamespace(live=[], look=lambda: None))
    assert (slept[0] == 0.003) is not refused
    bench.close()
