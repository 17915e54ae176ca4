"""Which Pythons there are: whatever lies on the PATH under that name is either one, or listed with its reason."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import psutil
import pytest

from playground import interpreters
from playground.interpreters import ask, candidates, find, in_order, own

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the made Pythons are shell scripts")

FACTS = '{"version": "%s", "implementation": "CPython", "free_threaded": false, "gil_enabled": true, "path": "p"}'


def script(place: Path, text: str, name: str = "python3") -> str:
    place.mkdir(exist_ok=True)
    path = place / name
    path.write_text("#!/bin/sh\n" + text, encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_this_python_is_known_without_asking() -> None:
    assert own().available
    assert own().facts.version == ".".join(map(str, sys.version_info[:3]))
    assert ask(sys.executable).facts == own().facts


REFUSED = {
    "rubbish": ("echo hello", "not a Python"),
    "silent": ("exit 0", "not a Python"),
    "failing": ("echo broken >&2; exit 3", "not a Python"),
    "json": ("echo '[1, 2]'", "not a Python"),
    "half": ('echo \'{"version": "3.11.0"\'', "not a Python"),
    "other types": ("echo '{\"version\": 311}'", "not a Python"),
    "odd version": (f"echo '{FACTS % 'three'}'", "not a Python"),
    "no text": ("head -c 3000 /dev/urandom", "not a Python"),
    "endless": ("exec yes", "not a Python"),
    "old": (f"echo '{FACTS % '3.7.9'}'", "older than 3.8"),
    "very old": (f"echo '{FACTS % '2.7.18'}'", "older than 3.8"),
}


@pytest.mark.parametrize(("text", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_fit_python_is_refused_with_the_reason(tmp_path: Path, text: str, why: str) -> None:
    found = ask(script(tmp_path, text))
    assert not found.available
    assert why in (found.why or "")
    assert found.title
    assert found.note == found.why


def test_one_that_prints_something_at_its_start_is_a_python(tmp_path: Path) -> None:
    found = ask(script(tmp_path, f'echo Welcome!\nexec {sys.executable} "$@"'))
    assert found.available
    assert found.facts.version == own().facts.version


@pytest.mark.parametrize("text", ["sleep 600", "sleep 600 & wait", "exec sleep 600", "sleep 600 & exec >&-; wait"])
def test_one_that_hangs_is_left_alone_and_nothing_of_it_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(interpreters, "LIMIT_S", 0.5)
    mark = f"PLAYGROUND_HANGS={tmp_path.name}-{time.monotonic_ns()}"
    monkeypatch.setenv(*mark.split("="))
    found = ask(script(tmp_path, text))
    assert not found.available
    assert "0.5 s" in (found.why or "") or "not a Python" in (found.why or "")
    monkeypatch.delenv("PLAYGROUND_HANGS")
    until = time.monotonic() + 10
    while sleeping := [process.pid for process in psutil.process_iter() if is_marked(process, mark)]:
        assert time.monotonic() < until, sleeping
        time.sleep(0.01)


def is_marked(process: psutil.Process, mark: str) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE and mark in "\n".join(
            f"{name}={value}" for name, value in process.environ().items()
        )
    except (psutil.Error, OSError):
        return False


def test_one_that_has_vanished_or_may_not_be_run_is_named(tmp_path: Path) -> None:
    gone = ask(str(tmp_path / "python3"))
    assert (gone.available, gone.why) == (False, "No such file or directory")
    kept = script(tmp_path, "echo")
    Path(kept).chmod(0o644)
    assert ask(kept).why == "Permission denied"
    assert ask(str(tmp_path)).why == "Permission denied"
    broken = script(tmp_path, "", "python3.9")
    Path(broken).write_text("#!/nonexistent/python\n")
    assert not ask(broken).available


def test_every_file_is_a_candidate_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bin_, other, shims = tmp_path / "bin", tmp_path / "other", tmp_path / "shims"
    wanted = [script(bin_, "", name) for name in ("python3.8", "python3.13t", "pypy3", "python3")]
    for name in ("python3-config", "python3.8-config", "pythonw-gtk", "bpython", "python3.8.bak"):
        script(bin_, "", name)
    script(shims, "", "python3.14")
    other.mkdir()
    (other / "python3").symlink_to(bin_ / "python3.8")
    (other / "python").symlink_to(sys.executable)
    (bin_ / "python3.9").write_text("not executable")
    monkeypatch.setenv("PATH", os.pathsep.join(map(str, (bin_, other, shims, tmp_path / "none", bin_, ""))))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "no-pyenv"))
    assert sorted(candidates()) == sorted(wanted)


def test_a_bad_one_does_not_spoil_the_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = script(tmp_path, f"echo '{FACTS % '3.12.1'}'", "python3.12")
    newer = script(tmp_path, f"echo '{FACTS % '3.13.0'}'", "python3.13")
    old = script(tmp_path, f"echo '{FACTS % '3.6.1'}'", "python3.6")
    bad = script(tmp_path, "echo rubbish", "python3.10")
    monkeypatch.setattr(interpreters, "candidates", lambda: [bad, old, good, newer])
    found = find()
    assert [one.path for one in found] == ["", newer, good, old, bad]
    assert [one.available for one in found] == [True, True, True, False, False]
    assert in_order(list(reversed(found))) == found
