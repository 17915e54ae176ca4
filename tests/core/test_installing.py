"""Optional packages are installed on a click, in environments of the user's: from an index of one tiny wheel; failing,
given up, refused."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from playground.interpreters import installing, known, optional_packages
from playground.interpreters.installing import GIVEN_UP, UNPACKING, install, progress, reason
from playground.interpreters.interpreter import own
from playground.interpreters.known import Interpreter
from playground.interpreters.optional_packages import GREEN, MONOCLE, PACKAGES, pip_line, wanted_first, why_not
from playground.start.own_environment import ROOT, Environment

pytestmark = pytest.mark.skipif(os.name != "posix", reason="process groups, and environments as POSIX has them")


def made_wheel(folder: Path, name: str = "greenlet", version: str = "99.1") -> list[str]:
    """An index of one package that has nothing in it. Gives pip's options for it."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}/__init__.py": "",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: by hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    lines = []
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            lines.append(f"{path},sha256={digest},{len(text)}\n")
        wheel.writestr(f"{info}/RECORD", "".join([*lines, f"{info}/RECORD,,\n"]))
    return ["--no-index", f"--find-links={folder}"]


def made_environment(folder: Path) -> str:
    """A virtual environment with pip in it; its Python."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=120, capture_output=True)
    return str(folder / "bin" / "python")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> str:
    return made_environment(tmp_path_factory.mktemp("environment") / "one")


def asked(path: str) -> Interpreter:
    return known.ask(path)


def test_a_package_is_installed_and_its_model_there(tmp_path: Path, environment: str) -> None:
    before = asked(environment)
    assert before.available
    assert (before.models["greenlet"] or "").startswith("needs greenlet")
    assert why_not(before) is None
    told: list[str] = []
    line = pip_line(before, "greenlet", made_wheel(tmp_path / "index"))
    assert install(line, told.append, threading.Event()) is None
    assert told[0] == "installing …"
    assert told[-1] == UNPACKING
    after = asked(environment)
    assert after.models["greenlet"] is None
    assert after.packages["greenlet"] == "99.1"


def test_an_environment_without_pip_gets_it_from_the_apps_own(tmp_path: Path) -> None:
    """uv makes such environments."""
    folder = tmp_path / "made by uv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, capture_output=True)
    before = asked(str(folder / "bin" / "python"))
    assert why_not(before) is None
    line = pip_line(before, "greenlet", made_wheel(tmp_path / "index"))
    assert install(line, lambda _: None, threading.Event()) is None
    assert asked(before.path).models["greenlet"] is None
    assert not list(folder.glob("lib/python*/site-packages/pip"))


def test_the_packaged_app_has_no_pip_to_lend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, capture_output=True)
    before = asked(str(folder / "bin" / "python"))
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(optional_packages, "which", lambda _name: None)
    assert why_not(before) == optional_packages.NO_PIP_THERE
    monkeypatch.setattr(optional_packages, "which", lambda name: f"/bin/{name}")
    assert why_not(before) is None
    assert pip_line(before, "greenlet")[:5] == ["/bin/uv", "pip", "install", "--python", before.executable]


def test_an_index_without_it_is_told_by_pips_last_line(tmp_path: Path, environment: str) -> None:
    (tmp_path / "empty").mkdir()
    line = pip_line(asked(environment), "monocle", ["--no-index", f"--find-links={tmp_path / 'empty'}"])
    why = install(line, lambda _: None, threading.Event())
    assert why is not None
    assert why.startswith("No matching distribution found for monocle")


def test_a_python_that_cannot_be_started_is_told() -> None:
    assert install(["/no/such/python", "-m", "pip"], lambda _: None, threading.Event()) == "No such file or directory"
    assert install([sys.executable, "-c", "raise SystemExit(3)"], lambda _: None, threading.Event()) is not None


STARTS_ANOTHER = """
import subprocess, sys, time
from pathlib import Path
other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
Path(sys.argv[1]).write_text(f"{other.pid}")
print("Collecting something", flush=True)
if len(sys.argv) > 2:
    print("Installing collected packages: something", flush=True)
    time.sleep(0.5)
    Path(sys.argv[1] + ".whole").touch()
    other.kill()
    sys.exit(0)
time.sleep(600)
"""


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def until(condition: Callable[[], bool], limit_s: float = 30) -> None:
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(installing.tempfile, "tempdir", str(tmp_path / "tmp"))  # type: ignore[attr-defined]
    (tmp_path / "tmp").mkdir()
    return tmp_path / "tmp"


def test_who_gives_up_leaves_no_process_and_no_file(tmp_path: Path, scratch: Path) -> None:
    given_up = threading.Event()
    note = tmp_path / "pid"
    line = [sys.executable, "-c", STARTS_ANOTHER, str(note)]
    told: list[str] = []
    ended: list[str | None] = []
    thread = threading.Thread(target=lambda: ended.append(install(line, told.append, given_up)))
    thread.start()
    until(lambda: "fetching something …" in told)
    assert list(scratch.iterdir()) != []
    given_up.set()
    thread.join(30)
    assert ended == [GIVEN_UP]
    until(lambda: gone(int(note.read_text())))
    assert list(scratch.iterdir()) == []


def test_a_package_that_is_being_unpacked_is_not_cut_in_half(tmp_path: Path) -> None:
    given_up = threading.Event()
    note = tmp_path / "pid"
    line = [sys.executable, "-c", STARTS_ANOTHER, str(note), "unpacks"]

    def tell(words: str) -> None:
        if words == UNPACKING:
            given_up.set()

    assert install(line, tell, given_up) is None, "it is there"
    assert (tmp_path / "pid.whole").exists()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Collecting gevent==26.9.0", "fetching gevent 26.9.0 …"),
        ("  Downloading gevent-26.9.0-cp311-manylinux.whl (2.1 MB)", "fetching gevent, 2.1 MB …"),
        ("  Downloading gevent-26.9.0.whl.metadata (14 kB)", ""),
        ("Installing collected packages: greenlet, gevent", UNPACKING),
        ("WARNING: Retrying (Retry(total=1)) after connection broken", "no answer, trying again …"),
        ("Looking in links: /x", ""),
    ],
)
def test_progress_in_few_words(line: str, words: str) -> None:
    assert progress(line) == words


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (
            ["Collecting x", "ERROR: first", "ERROR: No space left on device", "[notice] a new pip"],
            "No space left on device",
        ),
        (["/usr/bin/python: No module named pip", ""], "/usr/bin/python: No module named pip"),
        ([], "pip ended without a word"),
    ],
)
def test_why_not_is_pips_last_word(said: list[str], why: str) -> None:
    assert reason(said) == why


# -- where


def test_the_apps_own_gets_what_is_pinned_and_others_what_fits(environment: str) -> None:
    for package in PACKAGES:
        line = pip_line(own(), package)
        assert line[0] == sys.executable
        assert "--require-hashes" in line
        assert Path(line[-1]) == ROOT / (MONOCLE if package == "monocle" else GREEN)
        assert Path(line[-1]).is_file()
        other = pip_line(asked(environment), package)
        assert other[0] == environment
        assert "--require-hashes" not in other
        assert ("--only-binary=:all:" in other) == (package != "monocle"), "which has no wheel"
        assert other[-1] in PACKAGES


def test_each_package_is_pinned_where_it_is_looked_for() -> None:
    for package, lock in optional_packages.LOCKS.items():
        assert f"\n{package}==" in (ROOT / lock).read_text()
    pinned = (ROOT / "requirements-test.lock").read_text()
    for lock in (GREEN, MONOCLE):
        text = (ROOT / lock).read_text()
        assert all(line in pinned for line in text.splitlines() if not line.startswith("#")), "as they are tested"


def test_only_virtual_environments_that_may_be_written_are_added_to(
    tmp_path: Path, environment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = asked(environment)
    assert why_not(one) is None
    assert why_not(replace(one, available=False)) == ""
    assert why_not(replace(one, path="/usr/bin/python3")) == "", "a command would do it"
    with monkeypatch.context() as patch:
        patch.setattr(optional_packages.os, "access", lambda path, _mode: "site-packages" not in str(path))  # type: ignore[attr-defined]
        assert why_not(one) == ""
    with monkeypatch.context() as patch:
        patch.setattr(sys, "prefix", sys.base_prefix)
        assert why_not(own()) == ""
    with monkeypatch.context() as patch:
        patch.setattr(sys, "frozen", True, raising=False)
        assert why_not(own()) == optional_packages.NO_PIP
        assert why_not(one) is None


def test_what_comes_with_the_first_start_is_tried_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Environment(tmp_path, tmp_path / "requirements.lock", ())
    bare = replace(own(), packages={})
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert not wanted_first(bare, place), "somebody else made it"
    place.sign.touch()
    assert wanted_first(bare, place)
    assert not wanted_first(replace(bare, packages={"gevent": "1", "greenlet": "1"}), place)
    assert not wanted_first(replace(bare, path="/other/bin/python"), place)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "prefix", "/somewhere/else")
        assert not wanted_first(bare, place), "an environment that the app made, but runs not in"
    with monkeypatch.context() as patch:
        patch.setattr(sys, "frozen", True, raising=False)
        assert not wanted_first(bare, place)
    optional_packages.note_tried(place)
    assert not wanted_first(bare, place)
    (tmp_path / f"tried-{GREEN}").write_text("an older one")
    assert wanted_first(bare, place), "others are pinned now"
