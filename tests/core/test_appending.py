"""Files that several append to: nothing is lost, and a log that cannot be put aside just now goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from playground.lab.jobs import write_log
from playground.lab.recording import stamps
from playground.lab.wire import appending, ring

ROOT = Path(__file__).resolve().parents[2]
LINES = 3000
APPEND = f"""
import os, sys
sys.path.insert(0, {str(ROOT)!r})
from playground.lab.wire import appending
descriptor = appending.to_append(sys.argv[1], appending.APPEND | os.O_CREAT)
for number in range({LINES}):
    os.write(descriptor, b"%s %d\\n" % (sys.argv[2].encode(), number))
"""


def test_lines_of_three_processes_are_all_there(tmp_path: Path) -> None:
    path = tmp_path / "reports"
    writing = [subprocess.Popen([sys.executable, "-c", APPEND, str(path), who]) for who in "abc"]
    assert [one.wait(60) for one in writing] == [0, 0, 0]
    lines = path.read_text().splitlines()
    assert sorted(lines) == sorted(f"{who} {number}" for who in "abc" for number in range(LINES))


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
def test_what_it_makes_is_the_users_alone(tmp_path: Path) -> None:
    path = tmp_path / "reports"
    os.close(appending.to_append(str(path), appending.APPEND | os.O_CREAT))
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("flags", "access", "how"),
    [
        (os.O_WRONLY | os.O_APPEND, 0x100004, 3),  # append and wait; it must be there
        (os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0x100004, 4),
        (os.O_RDWR | os.O_APPEND | os.O_CREAT, 0x100005, 4),
    ],
)
def test_windows_is_asked_for_the_right_to_append_and_for_no_other(flags: int, access: int, how: int) -> None:
    asked: list[Any] = []
    winapi = SimpleNamespace(CreateFile=lambda *of: asked.append(of) or 77)
    msvcrt = SimpleNamespace(open_osfhandle=lambda *of: asked.append(of) or 5)
    assert appending.windows_open("C:\\log", flags, winapi, msvcrt) == 5
    # others may read, write and remove it
    assert asked == [("C:\\log", access, 0x7, 0, how, 0x80, 0), (77, flags & getattr(os, "O_BINARY", 0))]


@pytest.mark.parametrize("problem", [PermissionError(13, "in use"), FileNotFoundError(2, "gone")])
def test_a_log_that_cannot_be_put_aside_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: OSError
) -> None:
    """As Windows refuses while another worker has it open; once it does not, the log is put aside."""
    path = tmp_path / "log"
    refused: list[str] = []

    def refuse(source: str, target: str) -> None:
        refused.append(target)
        raise problem

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refuse)
        for _ in range(3):
            assert write_log.append(str(path), b"0123456789\n", False, 15) == b"0123456789\n"
    assert refused == [f"{path}.1"] * 2
    assert path.read_bytes() == b"0123456789\n" * 3
    write_log.append(str(path), b"0123456789\n", False, 15)
    assert (path.exists(), (tmp_path / "log.1").read_bytes()) == (False, b"0123456789\n" * 4)


def test_files_are_opened_as_the_system_wants_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log is opened anew for each line; on Windows by way of the system."""
    asked: list[int] = []

    def opener(path: str, flags: int) -> int:
        asked.append(flags & (os.O_RDWR | os.O_APPEND | os.O_CREAT))
        return os.open(path, flags, 0o600)

    monkeypatch.setattr(appending, "opener", opener)
    write_log.append(str(tmp_path / "log"), b"x\n", False, 15)
    assert asked == [os.O_RDWR | os.O_APPEND | os.O_CREAT]


def test_nothing_is_mapped_any_more_when_its_file_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows refuses that."""
    mapped: list[Any] = []

    class Rings(ring.Rings):
        def __init__(self, path: str) -> None:
            super().__init__(path)
            mapped.append(self)

    unlink = os.unlink

    def removed(path: str) -> None:
        assert [rings.block.closed for rings in mapped] == [True]
        unlink(path)

    monkeypatch.setattr(ring, "Rings", Rings)
    monkeypatch.setattr(os, "unlink", removed)
    assert stamps.measure_stamp_ns(str(tmp_path)) > 0
    assert list(tmp_path.iterdir()) == []
