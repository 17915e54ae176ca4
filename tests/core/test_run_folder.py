"""A run's files: only those of apps that are gone are swept away, and a full disk is told before anything starts."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from playground.lab.watching import descendants
from playground.lab.wire import ring
from playground.reading.rings import RingsReader
from playground.recipe.recipe import Recipe
from playground.run import run, run_folder
from playground.run.run_folder import NoRoom, RunDirectory
from playground.start import app_mark

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "home"
    monkeypatch.setattr(run_folder, "home", lambda: place)
    return place


OTHER_APP = """
import sys, pathlib
from playground.run import run_folder as directory
directory.home = lambda: pathlib.Path(sys.argv[1])
made = directory.RunDirectory(2)
print(made.path, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other_app(home: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Another app, that has a run."""
    line = [sys.executable, "-c", OTHER_APP, str(home)]
    pipe = subprocess.PIPE
    with subprocess.Popen(line, stdin=pipe, stdout=pipe, text=True, cwd=ROOT) as app:
        assert app.stdout is not None
        yield app, Path(app.stdout.readline().strip())
        app.kill()


@pytest.mark.skipif(not hasattr(os, "waitid"), reason="processes that have ended are kept by POSIX alone")
def test_an_app_that_nobody_has_asked_how_it_ended_is_gone(other_app: tuple[subprocess.Popen[str], Path]) -> None:
    """A killed app stays in the list of processes until its parent asks; the next start does not wait for that."""
    app, path = other_app
    app.kill()
    os.waitid(os.P_PID, app.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and is still in the list
    assert psutil.Process(app.pid).status() == psutil.STATUS_ZOMBIE
    assert not app_mark.lives(path.name)
    run_folder.sweep()
    assert not path.exists()


def test_only_what_a_dead_app_left_is_swept_away(home: Path, other_app: tuple[subprocess.Popen[str], Path]) -> None:
    app, its_run = other_app
    own_run = RunDirectory(1)
    strange = [home / "notes.txt", home / "my-own-folder", home / "12-x"]
    for path in strange:
        path.mkdir()
    assert run_folder.sweep() == 0
    app.kill()
    app.wait()
    assert its_run.is_dir(), "nobody was left to remove it"
    assert run_folder.sweep() == 1
    assert not its_run.exists()
    assert own_run.path.is_dir()
    assert all(path.is_dir() for path in strange)
    own_run.remove()


@pytest.mark.skipif(not descendants.ABLE, reason="elsewhere an environment is nobody's business")
def test_what_a_dead_app_was_asking_ends_though_it_has_no_directory(
    home: Path, other_app: tuple[subprocess.Popen[str], Path]
) -> None:
    app, its_run = other_app
    apps = its_run.name.rpartition("-")[0]
    theirs, ours = (
        subprocess.Popen(["sleep", "600"], env=os.environ | {descendants.MARK: mark})
        for mark in (f"{apps}-asked-1", f"{app_mark.mark()}asked-1")
    )
    try:
        run_folder.sweep()
        assert theirs.poll() is None
        app.kill()
        app.wait()
        run_folder.sweep()
        assert theirs.wait(10) < 0
        assert ours.poll() is None
    finally:
        for process in (theirs, ours):
            process.kill()
            process.wait()


def test_an_app_whose_number_was_given_to_another_process_is_gone(home: Path) -> None:
    own = RunDirectory(1)
    pid, _, number = own.path.name.split("-")
    old = home / f"{pid}-12345-{number}"
    shutil.copytree(own.path, old)
    assert run_folder.sweep() == 1
    assert own.path.is_dir()
    assert not old.exists()
    own.remove()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux counts from the time of its start")
def test_setting_the_clock_does_not_make_a_living_app_a_dead_one(
    other_app: tuple[subprocess.Popen[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from psutil import _pslinux

    booted = psutil.boot_time()
    monkeypatch.setattr(_pslinux, "boot_time", lambda: booted + 7200)
    assert run_folder.sweep() == 0
    assert other_app[1].is_dir()


def test_there_is_nothing_to_sweep_before_the_first_run(home: Path) -> None:
    assert run_folder.sweep() == 0
    assert not home.exists()


def test_a_run_leaves_nothing(home: Path) -> None:
    one, two = RunDirectory(3), RunDirectory(1)
    assert one.path != two.path
    assert sorted(path.name for path in one.path.iterdir()) == [
        "control",
        "gil.ring",
        "reports",
        "rings",
    ]
    for made in (one, two, two):
        made.remove()
    assert not home.exists()


@pytest.mark.skipif(os.name != "posix", reason="elsewhere the folder lies in the user's own, which is private")
def test_others_cannot_look_into_it(home: Path) -> None:
    made = RunDirectory(1)
    assert made.path.stat().st_mode & 0o077 == 0
    assert home.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in made.path.iterdir())
    made.remove()


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can make what belongs to another")
def test_a_home_that_somebody_else_has_made_is_not_used(home: Path) -> None:
    home.mkdir()
    os.chown(home, 65534, 65534)
    with pytest.raises(NoRoom, match="somebody else"):
        RunDirectory(1)
    assert not any(home.iterdir())


def test_apps_that_start_and_end_at_the_same_time_do_not_meet(home: Path) -> None:
    """Who ends removes the home when it is empty; who starts makes it."""
    problems: list[Exception] = []

    def start_and_end() -> None:
        try:
            for _ in range(150):
                RunDirectory(1).remove()
        except Exception as problem:
            problems.append(problem)

    # small rings: what is tried here is the folders
    threads = [threading.Thread(target=start_and_end) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems


@pytest.mark.parametrize("met", [FileNotFoundError, FileExistsError])
def test_a_home_that_vanishes_while_it_is_made_is_made_again(
    home: Path, monkeypatch: pytest.MonkeyPatch, met: type[OSError]
) -> None:
    mkdir, refusals = Path.mkdir, [met("gone again")] * 3

    def meet(path: Path, *more: object, **named: object) -> None:
        if refusals:
            raise refusals.pop()
        mkdir(path, *more, **named)

    monkeypatch.setattr(Path, "mkdir", meet)
    RunDirectory(1).remove()
    assert not refusals


@pytest.fixture
def full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A real one, of a megabyte."""
    if not sys.platform.startswith("linux") or os.getuid() != 0:
        pytest.skip("only root can mount a small file system")
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True)
    if made.returncode:
        pytest.skip(f"cannot mount here: {made.stderr.decode().strip()}")
    monkeypatch.setattr(run_folder, "home", lambda: place / "home")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_told_and_leaves_nothing(full_disk: Path) -> None:
    with pytest.raises(NoRoom, match="No space left") as refusal:
        run.Run(1, Recipe(workers=64))
    assert str(full_disk) in str(refusal.value)
    assert not [path for path in full_disk.rglob("*") if path.is_file()]


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="there is no folder here that nobody can write to")
def test_a_read_only_disk_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_folder, "home", lambda: Path("/proc/none"))
    with pytest.raises(NoRoom, match="/proc"):
        RunDirectory(1)


def test_where_no_temporary_file_can_be_made_it_is_told_and_nothing_else_goes_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_folder() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp', '/var/tmp']")

    def no_home(path: Path) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(tempfile, "gettempdir", no_folder)
    monkeypatch.setattr(os, "access", lambda *_: False)  # nor is there memory for files
    monkeypatch.setattr(run_folder, "_make_private", no_home)
    run_folder.sweep()
    with pytest.raises(NoRoom, match=r"cannot make the run's rings in .*tmp.*: Read-only file system"):
        RunDirectory(2)


def test_orders_are_written_into_the_control_block(home: Path) -> None:
    made = RunDirectory(1)
    words = ring.map_words(str(made.path / "control"), writable=False)[1]
    bells = {words[ring.C_BELL]}

    def said(*flags: int) -> list[int]:
        bells.add(words[ring.C_BELL])
        return [words[flag] for flag in flags]

    flags = (ring.C_UNSTAMPED, ring.C_PAUSE, ring.C_STOP)
    for name, value in (("switch_interval", 0.0005), ("probe_rate", 2000), ("stamps", "off")):
        made.set_knob(name, value)
        said()
    assert words[ring.C_SWITCH_INTERVAL] == 500_000
    assert words[ring.C_PROBE_RATE] == 2000
    assert said(*flags) == [1, 0, 0]
    made.pause(True)
    made.stop()
    assert said(*flags) == [1, 1, 1]
    made.pause(False)
    made.set_knob("stamps", "on")
    assert said(*flags) == [0, 0, 1]
    assert len(bells) == 6, "each time the bell says what it never said before"
    with pytest.raises(ValueError, match="nap"):
        made.set_knob("nap", 1)
    words.release()
    made.remove()


def test_many_workers_have_smaller_rings(home: Path) -> None:
    few, many = RunDirectory(1), RunDirectory(2000)
    sizes = [path.stat().st_size for path in many.path.iterdir()]
    assert RingsReader(few.rings).capacity > 10 * RingsReader(many.rings).capacity
    assert sum(sizes) < 20_000_000
    few.remove()
    many.remove()
