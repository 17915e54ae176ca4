"""A file is written whole or not at all, and a lock keeps two writers apart."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from playground.files import whole_file
from playground.files.whole_file import OURS, locked, write_whole, written_whole

ROOT = Path(__file__).resolve().parents[2]
posix = pytest.mark.skipif(os.name != "posix", reason="rights and links of POSIX")


@posix
def test_rights_and_links_stay(tmp_path: Path) -> None:
    path, link = tmp_path / "real", tmp_path / "link"
    path.write_bytes(b"old")
    path.chmod(0o751)
    link.symlink_to(path)
    write_whole(link, b"new")
    assert (path.read_bytes(), path.stat().st_mode & 0o777, link.is_symlink()) == (b"new", 0o751, True)


@posix
def test_a_new_file_has_the_rights_that_are_asked_for(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "everybodys", b"")
        write_whole(tmp_path / "ours", b"", OURS)
    finally:
        os.umask(before)
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("everybodys", "ours")] == [0o640, 0o600]


@pytest.mark.parametrize("step", ["fsync", "write", "replace"])
@pytest.mark.parametrize("problem", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_whatever_goes_wrong_the_old_file_stays_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, problem: BaseException
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise problem

    if step == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    elif step == "replace":
        monkeypatch.setattr(Path, "replace", fail)
    content = memoryview(b"new") if step != "write" else object()
    with pytest.raises((type(problem), TypeError)):
        write_whole(path, content)
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("file", b"old")]


def test_it_is_on_disk_before_it_takes_the_old_ones_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def note_replace(self: Path, target: Path) -> Path:
        told.append("replaced")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", lambda number: (told.append("on disk"), fsync(number))[1])
    monkeypatch.setattr(Path, "replace", note_replace)
    write_whole(tmp_path / "file", b"x")
    assert told == ["on disk", "replaced"]


@pytest.mark.parametrize(("refusals", "winerror", "done"), [(3, 32, True), (3, 5, True), (1, None, False)])
def test_windows_is_asked_again_while_somebody_has_the_file_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusals: int, winerror: int | None, done: bool
) -> None:
    replace, asked = Path.replace, []

    def refuse(self: Path, target: Path) -> Path:
        asked.append(self)
        if len(asked) > refusals:
            return replace(self, target)
        problem = PermissionError(13, "Access is denied")
        problem.winerror = winerror  # type: ignore[attr-defined]
        raise problem

    monkeypatch.setattr(Path, "replace", refuse)
    if done:
        write_whole(tmp_path / "file", b"new")
        assert len(asked) == refusals + 1
    else:
        with pytest.raises(PermissionError):
            write_whole(tmp_path / "file", b"new")
        assert len(asked) == 1
    assert [one.name for one in tmp_path.iterdir()] == ["file"] * done


def test_who_holds_it_open_for_ever_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, target: Path) -> Path:
        problem = PermissionError(13, "Access is denied")
        problem.winerror = 32  # type: ignore[attr-defined]
        raise problem

    monkeypatch.setattr(Path, "replace", refuse)
    monkeypatch.setattr(whole_file, "PATIENCE_S", 0.1)
    with pytest.raises(PermissionError):
        write_whole(tmp_path / "file", b"new")
    assert list(tmp_path.iterdir()) == []


def test_many_threads_write_one_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    texts = [bytes([65 + number]) * 50_000 for number in range(8)]
    threads = [threading.Thread(target=write_whole, args=(path, text)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_bytes() in texts
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


ADD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from playground.files.whole_file import locked, write_whole
path = Path(sys.argv[2])
for _ in range(40):
    with locked(path.with_suffix(".lock"), 60) as held:
        assert held
        write_whole(path, b"%d" % (int(path.read_bytes()) + 1))
"""


def test_what_two_processes_add_is_all_there(tmp_path: Path) -> None:
    path = tmp_path / "count"
    path.write_bytes(b"0")
    adding = [subprocess.Popen([sys.executable, "-c", ADD, str(ROOT), str(path)]) for _ in range(3)]
    assert [one.wait(120) for one in adding] == [0, 0, 0]
    assert path.read_bytes() == b"120"


def test_who_waits_too_long_goes_on_without(tmp_path: Path) -> None:
    with locked(tmp_path / "lock") as first:
        begun = time.monotonic()
        with locked(tmp_path / "lock", 0.1) as second:
            assert (first, second) == (True, False)
        assert time.monotonic() - begun >= 0.1
    with locked(tmp_path / "lock", 0.1) as third:
        assert third


def test_where_there_can_be_no_lock_it_goes_on_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with locked(tmp_path / "nowhere" / "lock", 60) as held:
        assert not held

    def none_here(_: object) -> bool:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(whole_file, "try_lock", none_here)
    with locked(tmp_path / "lock", 60) as held:
        assert not held


def test_what_is_written_in_parts_is_there_at_the_end_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with written_whole(path, durable=False) as file:
        file.write(b"one, ")
        file.write(b"two")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"one, two"

    def give_up() -> None:
        with written_whole(path) as file:
            file.write(b"three")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        give_up()
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("file", b"one, two")]


def test_only_what_has_to_last_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(os, "fsync", asked.append)
    write_whole(tmp_path / "file", b"", durable=False)
    assert not asked
    write_whole(tmp_path / "file", b"")
    assert len(asked) == 1
