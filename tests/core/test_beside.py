"""What goes on beside the workers of a run: the server whose pages they fetch, and the files that they read and write.
It is there when they begin, and ends with the run, however that ends."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from playground import catalogue
from playground.lab.jobs import write_log
from playground.lab.wire import ring
from playground.recipe.recipe import Recipe, checked
from playground.run import run_folder
from playground.run.run import Run
from tests.core.labs import LINUX, ROOT, finished, lives, ops, running, to_the_end, until, wait_for

pytestmark = pytest.mark.skipif(os.name != "posix", reason="labs are tried on POSIX systems")
SERVER = "playground.lab.server"


def server_of(run: Run) -> psutil.Process:
    children = psutil.Process(run.engine.pid).children()
    return next(process for process in children if SERVER in process.cmdline())


@pytest.mark.parametrize("model", ["asyncio", "gevent", "threads"])
def test_hundreds_of_pages_come_at_once(model: str) -> None:
    """One after the other they would take minutes."""
    if not catalogue.model(model).available:
        pytest.skip(f"{model} is not installed here")
    recipe = Recipe(job="fetch", model=model, workers=600, amount=1, knobs={"latency": 500.0})
    with finished(checked(recipe)) as run:
        assert (run.engine.outcome, run.engine.error) == ("finished", None)
        assert run.statistics().seconds < 30
        share = run.statistics().share
        assert share.io + share.wait_core > 0.5


@pytest.mark.parametrize("model", ["threads", "processes"])
@pytest.mark.parametrize("end", ["finish", "stop", "abandon", "kill the lab"])
def test_the_server_ends_with_its_lab(model: str, end: str) -> None:
    amount = 60 if end == "finish" else None
    recipe = Recipe(job="fetch", model=model, workers=2, amount=amount, knobs={"latency": 10.0})
    with running(checked(recipe)) as run:
        until(run, lambda: ops(run) > 4)
        server = server_of(run)
        assert lives(server)
        if end == "kill the lab":  # and nobody of this app looks after what is left
            assert run.engine.pid
            os.kill(run.engine.pid, signal.SIGKILL)
        elif end == "abandon":
            run.abandon()
        else:
            if end == "stop":
                run.stop()
            to_the_end(run)
            assert run.engine.outcome == ("stopped" if end == "stop" else "finished")
        wait_for(lambda: not lives(server), 20)


@pytest.mark.parametrize("model", ["threads", "processes"])
def test_the_server_ends_with_a_killed_app(model: str) -> None:
    line = [sys.executable, "main.py", "run", "--no-baseline", "--job", "fetch", "--model", model, "--seconds", "600"]
    nowhere = subprocess.DEVNULL
    with subprocess.Popen(line, cwd=ROOT, stdout=nowhere, stderr=nowhere) as app:
        try:
            found: list[psutil.Process] = []

            def visited() -> bool:
                family = psutil.Process(app.pid).children(recursive=True)
                found[:] = [process for process in family if SERVER in command_of(process)]
                return (
                    any(one.status == psutil.CONN_ESTABLISHED for one in found[0].net_connections()) if found else False
                )

            wait_for(visited)
        finally:
            app.kill()
        wait_for(lambda: not lives(found[0]), 20)


def test_the_files_of_a_killed_app_are_removed_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    line = [sys.executable, "main.py", "run", "--no-baseline", "--job", "write-log", "--seconds", "600"]
    nowhere = subprocess.DEVNULL
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(line, cwd=ROOT, stdout=nowhere, stderr=nowhere, env=environment) as app:
        try:
            wait_for(lambda: list(tmp_path.glob(f"*/{app.pid}-*/log")))
        finally:
            app.kill()

    def swept() -> bool:
        run_folder.sweep()
        return not list(tmp_path.glob("*/*"))

    wait_for(swept)  # the lab may write until it has ended, too


def command_of(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_nothing_that_a_visitor_does_wrong_is_told_in_the_log() -> None:
    with running(checked(Recipe(job="fetch", workers=2, knobs={"latency": 20.0}))) as run:
        until(run, lambda: ops(run) > 0)
        port = int(run.engine.prepared["address"].rpartition(":")[2])
        for said in (b"", b"\xff\xfe\r\n\r\n", b"GET /\xff HTTP/1.0\r\n\r\n", b"x" * 100_000):
            with socket.create_connection(("127.0.0.1", port)) as visitor:
                visitor.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # leaves with a reset
                with contextlib.suppress(ConnectionError):
                    visitor.sendall(said)
        done = ops(run)
        until(run, lambda: ops(run) > done + 10)
        run.stop()
        to_the_end(run)
        assert run.engine.outcome == "stopped"
        assert run.engine.log == ""  # type: ignore[attr-defined]


def test_a_server_that_cannot_start_is_told_before_any_worker_is_made(changed_lab: Callable[..., None]) -> None:
    changed_lab("server.py", ('"127.0.0.1"', '"192.0.2.1"'))  # an address that nobody has
    with finished(checked(Recipe(job="fetch"))) as run:
        assert run.engine.outcome == "failed"
        assert "the server beside the workers did not start" in (run.engine.error or "")
        assert not run.rings.column(ring.W_STARTED).any()


def test_a_log_never_grows_beyond_its_bound(changed_lab: Callable[..., None]) -> None:
    most = 20_000
    changed_lab("jobs/write_log.py", ("MOST_BYTES = 16_000_000", f"MOST_BYTES = {most}"))
    with running(checked(Recipe(job="write-log", workers=3))) as run:
        seen = 0
        while seen < 50:
            until(run, lambda seen=seen: ops(run) > seen * 200)
            for path in run.directory.files.iterdir():
                assert path.name in ("log", "log.1")
                with contextlib.suppress(FileNotFoundError):  # put aside just now
                    assert path.stat().st_size <= most + 3 * 80
            seen += 1
        run.stop()
        to_the_end(run)
        assert (run.engine.outcome, run.engine.error) == ("stopped", None)


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], Path]]:
    """A disk of so many MB, on which the files of runs are."""
    if not LINUX or os.geteuid() or not shutil.which("mount"):
        pytest.skip("only root can mount a small disk")
    place = tmp_path / "disk"
    place.mkdir()

    def make(mb: int) -> Path:
        line = ["mount", "-t", "tmpfs", "-o", f"size={mb}m", "playground-test", str(place)]
        done = subprocess.run(line, capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}")
        monkeypatch.setattr(tempfile, "tempdir", str(place))
        return place

    yield make
    monkeypatch.undo()
    if os.path.ismount(place):
        subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_gets_full_ends_the_run_with_that_reason(small_disk: Callable[[int], Path]) -> None:
    place = small_disk(2 * write_log.MOST_BYTES // 1_000_000 + 1)
    with running(checked(Recipe(job="write-log", model="processes", workers=1))) as run:
        until(run, lambda: ops(run) > 100)
        with open(place / "filler", "wb", buffering=0) as filler, contextlib.suppress(OSError):
            while filler.write(bytes(65536)):
                pass
        to_the_end(run)
        assert run.engine.outcome == "failed"
        assert "No space left on device" in (run.engine.error or "")


@pytest.mark.parametrize("job", ["write-log", "read-files"])
def test_a_disk_without_room_is_told_before_any_worker_is_made(job: str, small_disk: Callable[[int], Path]) -> None:
    place = small_disk(1)
    with finished(checked(Recipe(job=job))) as run:
        assert run.engine.outcome == "failed"
        assert "the files of this run take up to" in (run.engine.error or "")
        assert f"are free in {place}" in (run.engine.error or "")
        assert not run.rings.column(ring.W_STARTED).any()


def test_a_folder_of_somebody_else_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid():
        pytest.skip("only root can give a folder away")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    run = Run(1, checked(Recipe(job="write-log")))
    try:
        run.directory.files.parent.mkdir()
        os.chown(run.directory.files.parent, 12345, 12345)
        run.start()
        to_the_end(run)
        assert run.engine.outcome == "failed"
        assert "it belongs to somebody else" in (run.engine.error or "")
    finally:
        run.abandon()
