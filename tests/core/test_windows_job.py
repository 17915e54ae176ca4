"""Our processes on Windows: in a job from their first instruction, without a console, and never under the launcher of a
virtual environment. Windows itself is made up where it is not there."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from typing import Any

import pytest

from playground.start import command, venv_launcher, windows_job

windows_only = pytest.mark.skipif(os.name != "nt", reason="job objects are Windows'")


class System:
    """Windows' calls, noted; those named in `refused` fail."""

    def __init__(self, *refused: str, active: int = 2) -> None:
        self.called: list[str] = []
        self.flags = 0
        self._refused, self._active = refused, active

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any) -> int:
            self.called.append(name)
            if name == "SetInformationJobObject":
                self.flags = arguments[2]._obj.basic.limit_flags
            if name == "QueryInformationJobObject":
                arguments[2]._obj.active = self._active
            if name == "NtResumeProcess":
                return int(name in self._refused)
            return int(name not in self._refused)

        return call

    def error(self) -> int:
        return 5


class Started:
    """In place of Popen."""

    def __init__(self, line: list[str], creationflags: int = 0, **_: Any) -> None:
        self.line, self.flags, self._handle, self.killed = line, creationflags, 77, False
        _begun.append(self)

    def kill(self) -> None:
        self.killed = True


_begun: list[Started] = []


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Started]:
    _begun.clear()
    monkeypatch.setattr(subprocess, "Popen", Started)
    return _begun


def test_a_process_runs_only_once_it_is_in_its_job(begun: list[Started], monkeypatch: pytest.MonkeyPatch) -> None:
    system = System()
    job = windows_job.Job(system=system)
    monkeypatch.setattr(windows_job, "NO_CONSOLE", 0x08000000)
    job.start(["x"])
    assert begun[0].flags == 0x08000000 | windows_job.SUSPENDED
    assert system.called[-2:] == ["AssignProcessToJobObject", "NtResumeProcess"]
    assert system.flags == windows_job.KILL_ON_JOB_CLOSE


def test_a_process_outside_of_its_job_runs_all_the_same(begun: list[Started]) -> None:
    system = System("AssignProcessToJobObject")
    windows_job.Job(system=system).start(["x"])
    assert "NtResumeProcess" in system.called
    assert not begun[0].killed


def test_a_process_that_cannot_go_on_is_not_left(begun: list[Started]) -> None:
    with pytest.raises(OSError, match="does not begin to run"):
        windows_job.Job(system=System("NtResumeProcess")).start(["x"])
    assert begun[0].killed


@pytest.mark.parametrize("refused", ["CreateJobObjectW", "SetInformationJobObject"])
def test_without_a_job_a_process_is_started_as_any(begun: list[Started], refused: str) -> None:
    job = windows_job.Job(system=System(refused))
    job.start(["x"])
    assert begun[0].flags == windows_job.NO_CONSOLE
    assert (job.active(), job.end_all()) == (0, False)


def test_all_that_is_in_a_job_ends_with_it() -> None:
    system = System()
    job = windows_job.Job(system=system)
    assert job.end_all()
    assert system.called[-1] == "TerminateJobObject"
    job.close()
    job.close()
    assert system.called.count("CloseHandle") == 1


def test_an_empty_job_is_not_ended_again() -> None:
    system = System(active=0)
    assert not windows_job.Job(system=system).end_all()
    assert "TerminateJobObject" not in system.called


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="sizes of a 64-bit Windows")
def test_what_windows_reads_has_its_size() -> None:
    assert ctypes.sizeof(windows_job._ExtendedLimits) == 144
    assert ctypes.sizeof(windows_job._Accounting) == 48


def test_the_real_python_is_started_and_not_its_launcher(tmp_path: Any) -> None:
    home, made = tmp_path / "Python 312", tmp_path / "venv"
    (made / "Scripts").mkdir(parents=True)
    home.mkdir()
    launcher = made / "Scripts" / "python.exe"
    (made / "pyvenv.cfg").write_text(f"include-system-site-packages = false\nhome = {home}\n", encoding="utf-8")
    variables: dict[str, str] = {}
    assert venv_launcher.passed_by(str(launcher), variables, windows=True) == str(launcher)
    assert variables == {}  # the environment's Python is gone: its launcher may say so
    (home / "python.exe").touch()
    assert venv_launcher.passed_by(str(launcher), variables, windows=False) == str(launcher)
    assert venv_launcher.passed_by(str(launcher), variables, windows=True) == str(home / "python.exe")
    assert variables == {venv_launcher.VARIABLE: str(launcher)}


def test_a_python_is_not_taken_for_that_of_this_apps_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(venv_launcher.VARIABLE, "C:/app/.venv/Scripts/python.exe")
    assert venv_launcher.VARIABLE not in command.environment()


@windows_only
def test_what_a_process_starts_ends_with_the_job() -> None:
    job = windows_job.Job()
    code = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    process = job.start(
        [sys.executable, "-c", code + "print('on', flush=True); time.sleep(60)"], stdout=subprocess.PIPE
    )
    assert process.stdout
    assert process.stdout.readline().strip() == b"on"
    assert job.active() >= 2
    assert job.end_all()
    process.wait(10)
    process.stdout.close()
    while job.active():
        pass
    job.close()
