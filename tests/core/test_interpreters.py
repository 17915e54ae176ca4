"""Which Pythons there are, and what they say when they are asked: each is either a lab's Python or refused with its
reason, and nothing of it is left running."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from playground import catalogue
from playground.interpreters import asking, interpreter, known
from playground.interpreters.known import GivenUp, Interpreter, absolute, ask, find, in_order, own
from playground.lab.asked import abilities
from tests.core import pythons
from tests.core.labs import LINUX, forget_added, made_of, wait_for
from tests.core.made_pythons import FACTS, environment, install, script

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the made Pythons are shell scripts")


def test_this_python_is_known_without_asking() -> None:
    assert own().available
    assert own().facts.version == ".".join(map(str, sys.version_info[:3]))
    asked = ask(sys.executable)
    assert (asked.facts, asked.models, asked.packages) == (own().facts, own().models, own().packages)


REFUSED = {
    "rubbish": ("echo hello", "not a Python"),
    "silent": ("exit 0", "not a Python"),
    "failing": ("echo broken >&2; exit 3", "not a Python"),
    "json": ("echo '[1, 2]'", "not a Python"),
    "half": ('echo \'{"version": "3.11.0"\'', "not a Python"),
    "deep": (f"echo '{'[' * 9000}'", "not a Python"),
    "other types": ("echo '{\"version\": 311}'", "not a Python"),
    "odd version": (f"echo '{FACTS % 'three'}'", "not a Python"),
    "no text": ("head -c 3000 /dev/urandom", "not a Python"),
    "megabytes": (f"head -c 9000000 /dev/zero; echo; echo '{FACTS % '3.12.0'}'", "not a Python"),
    "endless": ("exec yes", "not a Python"),
    "killed": ("kill -9 $$", "not a Python"),
    "old": (f"echo '{FACTS % '3.7.9'}'", "older than 3.8"),
    "very old": (f"echo '{FACTS % '2.7.18'}'", "older than 3.8"),
    "old PyPy": (f"echo '{FACTS.replace('CPython', 'PyPy') % '3.8.16'}'", "older than 3.9"),
    "a wrapper": (f'{sys.executable} "$@"; exit 0', "a wrapper; give its own path"),
    "no ctypes": (f'echo \'{FACTS[:-1] % "3.12.0"}, "cannot": "no ctypes"}}\'', "cannot run a lab: no ctypes"),
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
    monkeypatch.setattr(asking, "LIMIT_S", 0.5)
    mark = marked(tmp_path, monkeypatch)
    found = ask(script(tmp_path, text))
    assert not found.available
    assert "0.5 s" in (found.why or "") or "not a Python" in (found.why or "")
    monkeypatch.delenv(mark.partition("=")[0])
    wait_for(lambda: not those_with(mark))


@pytest.mark.skipif(not Path("/usr/bin/setsid").exists(), reason="there is no setsid here")
@pytest.mark.parametrize("text", ["setsid sleep 600 & exit 0", "setsid sleep 600 & sleep 600"])
def test_a_descendant_that_leaves_its_group_holds_nobody_up_and_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(asking, "LIMIT_S", 0.5)
    mark = marked(tmp_path, monkeypatch)
    try:
        assert not ask(script(tmp_path, text)).available
        monkeypatch.delenv(mark.partition("=")[0])
        wait_for(lambda: not those_with(mark) or not LINUX)
    finally:
        monkeypatch.delenv(mark.partition("=")[0], raising=False)
        for process in those_with(mark):
            process.kill()


def test_when_the_app_closes_no_answer_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "LIMIT_S", 600.0)
    mark = marked(tmp_path, monkeypatch)
    python, closing, raised = script(tmp_path, "sleep 600"), threading.Event(), []

    def wait() -> None:
        with pytest.raises(GivenUp):
            ask(python, give_up=closing)
        raised.append(True)

    waiting = threading.Thread(target=wait)
    waiting.start()
    wait_for(lambda: those_with(mark))
    monkeypatch.delenv(mark.partition("=")[0])
    closing.set()
    waiting.join(20)
    assert raised
    wait_for(lambda: not those_with(mark))


def marked(place: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the processes started from now on have in their environment."""
    mark = f"PLAYGROUND_HANGS={place.name}-{time.monotonic_ns()}"
    monkeypatch.setenv(*mark.split("="))
    return mark


def those_with(mark: str) -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if process.pid != os.getpid() and is_marked(process, mark)]


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
    assert ask(str(tmp_path)).why == "is a folder, not a Python"
    assert ask(str(tmp_path / ("long" * 100))).why == "File name too long"
    assert "null byte" in (ask("python\0").why or "")
    broken = script(tmp_path, "", "python3.9")
    Path(broken).write_text("#!/nonexistent/python\n")
    assert not ask(broken).available


def test_a_bad_one_does_not_spoil_the_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = script(tmp_path, f"echo '{FACTS % '3.12.1'}'", "python3.12")
    newer = script(tmp_path, f"echo '{FACTS % '3.13.0'}'", "python3.13")
    old = script(tmp_path, f"echo '{FACTS % '3.6.1'}'", "python3.6")
    bad = script(tmp_path, "echo rubbish", "python3.10")
    gone = str(tmp_path / "python3.11")
    monkeypatch.setattr(known, "candidates", lambda *_: [bad, old, gone, good, newer])
    found = find()
    assert [one.path for one in found][:4] == ["", newer, good, old]
    assert {one.path for one in found[4:]} == {bad, gone}
    assert [one.available for one in found] == [True, True, True, False, False, False]
    assert in_order(list(reversed(found)))[:4] == found[:4]


def test_a_graalpy_is_listed_if_it_can_be_a_lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cannot = script(tmp_path / "a", "exit 1", "graalpy")
    can = script(tmp_path / "b", f"echo '{FACTS % '3.11.0'}'", "graalpy")
    monkeypatch.setattr(known, "candidates", lambda *_: [cannot, can])
    assert [one.path for one in find()] == ["", can]
    one_by_one = known.answers((), known.Cache(), threading.Event())
    assert [one.path for one in one_by_one] == [can]


# --- real ones


@pytest.fixture(scope="module")
def everyone() -> list[Interpreter]:
    return find()


def test_every_python_here_says_what_it_can_do(everyone: list[Interpreter]) -> None:
    models = {entry.name for entry in catalogue.models()}
    for one in everyone:
        if one.available:
            assert set(one.models) == models, one.path
            assert [one.models[name] for name in ("serial", "threads", "processes")] == [None, None, None], one.path
            assert not one.facts.gil_enabled or not one.facts.free_threaded, one.path
            assert one.note == ("GIL" if one.facts.gil_enabled else "no GIL")
        else:
            assert one.why


def test_old_ones_are_listed_with_the_reason(everyone: list[Interpreter]) -> None:
    old = [one for one in everyone if one.facts.version and one.number < (3, 8)]
    if not old:
        pytest.skip("this machine has none older than 3.8")
    for one in old:
        assert (one.available, one.why) == (False, "is older than 3.8")
        assert one.title.startswith("CPython ")


@pytest.mark.parametrize("name", [*pythons.FREE_THREADED, pythons.PYPY])
def test_others_than_usual_are_known_as_what_they_are(name: str) -> None:
    one = ask(pythons.python(name).executable)
    assert one.facts.free_threaded == name.endswith("t")
    assert one.facts.gil_enabled != one.facts.free_threaded
    assert one.facts.implementation == ("PyPy" if name == pythons.PYPY else "CPython")


def test_optional_packages_are_found_and_not_imported(tmp_path: Path) -> None:
    python = environment(tmp_path)
    assert ask(python).packages == {}
    install(tmp_path, "gevent")
    install(tmp_path, "monocle", "0.42")
    assert ask(python).packages == {"gevent": "99.1", "monocle": "0.42"}


def test_nothing_is_written_beside_a_python_that_is_asked(tmp_path: Path) -> None:
    python = environment(tmp_path)
    (packages,) = (tmp_path / "lib").glob("*/site-packages")
    (packages / "at_start.pth").write_text("import at_start\n")  # Python would keep its bytecode beside it
    (packages / "at_start.py").touch()
    before = sorted(tmp_path.rglob("*"))
    assert ask(python).available
    assert sorted(tmp_path.rglob("*")) == before


def test_a_python_is_asked_in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('a file of the user')\n")
    monkeypatch.chdir(tmp_path)
    assert ask(sys.executable).available
    Path("mine").symlink_to(os.path.realpath(sys.executable))
    assert ask(absolute("./mine")).available
    assert ask("mine").why == "No such file or directory"  # a bare name is looked for on PATH, never here


def test_a_file_that_is_left_out_takes_no_model_of_its_name_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        made_of(tmp_path, monkeypatch)  # all files once more, in another folder
        assert interpreter.own().models["threads"] is None
        assert abilities.models()["threads"] is None
    finally:
        monkeypatch.undo()
        forget_added()
