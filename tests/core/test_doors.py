"""Nothing that came with a recipe starts unasked: on the command line, in the middle of a stranger's folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.core.hostile import ONLY_HERE, Hostile
from tests.core.labs import LIMIT_S, ROOT
from tests.core.made_pythons import environment

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the programs of the folder are shell scripts")

MAIN = [sys.executable, str(ROOT / "main.py")]


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hostile:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))  # the Pythons of whoever runs this are none of our business
    monkeypatch.setenv("PATH", os.pathsep.join([".", ".venv/bin", "", "/usr/bin", "/bin"]))
    return Hostile(tmp_path / "theirs")


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MAIN, *words], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT_S
    )


REFUSED = {
    "a path": ["run", "path.toml"],
    "a relative path": ["run", "relative.toml"],
    "a bare name": ["run", "bare.toml"],
    "a link to a real Python": ["run", "linked.toml"],
    "a short name": ["run", "name.toml"],
    "code": ["run", "code.toml"],
    "code and a path": ["run", "all.toml"],
    "another model": ["run", "path.toml", "--model", "threads", "--json"],
    "a line": ["run", "4 x primes as threads on {python}"],
    "a line with a relative path": ["run", "4 x primes as threads on ./venv/bin/python"],
    "a short name beside the file": ["run", "safe.toml", "--interpreter", ONLY_HERE],
    "a short name and no file": ["run", "--interpreter", ONLY_HERE],
    "models of a short name": ["list", "models", "--interpreter", ONLY_HERE],
}

GOES_ON = {
    "script of a path": ["script", "path.toml"],
    "script of a link": ["script", "linked.toml"],
    "script of code": ["script", "all.toml"],
    "script of a short name": ["script", "name.toml"],
    "interpreters": ["list", "interpreters"],
    "interpreters as JSON": ["list", "interpreters", "--json"],
    "models": ["list", "models"],
    "help": ["--help"],
    "a run of our own Python": ["run", "safe.toml", "--json"],
}


@pytest.mark.parametrize("way", REFUSED)
def test_what_came_from_elsewhere_is_refused_where_nobody_can_be_asked(hostile: Hostile, way: str) -> None:
    words = [word.format(python=hostile.python) for word in REFUSED[way]]
    done = command(hostile.folder, *words)
    assert hostile.executed() == []
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert "--trust" in done.stderr or ONLY_HERE in done.stderr
    if words[1] in ("path.toml", "all.toml"):
        assert hostile.python in done.stderr  # shown whole


@pytest.mark.parametrize("way", GOES_ON)
def test_what_needs_nothing_from_elsewhere_runs_nothing_of_it(hostile: Hostile, way: str) -> None:
    done = command(hostile.folder, *GOES_ON[way])
    assert hostile.executed() == []
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert str(hostile.folder) not in done.stdout or "script" in way


def test_a_script_that_differs_between_versions_starts_nobody(hostile: Hostile) -> None:
    done = command(hostile.folder, "script", "versions.toml")
    assert hostile.executed() == []
    assert done.returncode == 2
    assert "is not known: run it once" in done.stderr


def test_a_first_start_runs_nothing_of_the_folder_that_it_is_made_in(
    hostile: Hostile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """venv and pip are modules too, and would import what lies where they are started."""
    from playground.start import environment as making
    from playground.start.own_environment import Environment
    from playground.start.start_trouble import Trouble

    lock = tmp_path / "some.lock"
    lock.write_text("no-such-package-at-all==1.0 --hash=sha256:" + "0" * 64 + "\n")
    monkeypatch.chdir(hostile.folder)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    place = Environment(tmp_path / "made", lock, ("json",))
    with pytest.raises(Trouble):
        making.make(place)
    assert (place.directory / "bin" / "python").exists()
    assert making.has_needed(place)
    assert hostile.executed() == []


def test_a_uv_that_lies_there_is_none(hostile: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    from playground.start import environment as making

    monkeypatch.chdir(hostile.folder)
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    assert making.find_uv() is None
    monkeypatch.setenv("PATH", str(hostile.folder))
    assert making.find_uv() == str(hostile.folder / "uv"), "it would be one, were its folder named"


# --- on the user's word


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A recipe with an environment beside it, which would do as it is told."""
    folder = tmp_path / "theirs"
    python = environment(folder / ".venv", os.path.realpath(sys.executable))
    (folder / "recipe.toml").write_text(f'job = "sleep"\namount = 1\nworkers = 1\ninterpreter = "{python}"\n')
    return folder


def on_a_terminal(
    folder: Path, words: Sequence[str], answer: str, meanwhile: Callable[[], object] = lambda: None
) -> tuple[int, str]:
    """Its exit code, and what it said there. `meanwhile` happens between its question and the answer."""
    terminal, end = os.openpty()
    try:
        with subprocess.Popen([*MAIN, *words], cwd=folder, stdin=end, stdout=end, stderr=end) as asked:
            os.close(end)
            said, answered = b"", False
            while True:
                try:
                    piece = os.read(terminal, 4096)
                except OSError:  # all who had the other end have closed it
                    break
                said += piece
                if b"[y/N]" in said and not answered:
                    answered = True
                    meanwhile()
                    os.write(terminal, f"{answer}\n".encode())
        return asked.returncode, said.decode().replace("\r\n", "\n")
    finally:
        os.close(terminal)


def test_a_yes_is_remembered_until_a_byte_changes(theirs: Path) -> None:
    words = ["run", "recipe.toml", "--json"]
    python = str(theirs / ".venv" / "bin" / "python")
    assert on_a_terminal(theirs, words, "n")[0] == 2
    code, said = on_a_terminal(theirs, words, "y")
    assert code == 0, said
    assert f"recipe.toml names this interpreter, which may be any program:\n\n  {python}\n" in said
    done = command(theirs, *words)  # nobody is asked, and nobody could be
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["interpreter"]["path"] == python
    with (theirs / ".venv" / "pyvenv.cfg").open("a") as file:
        file.write(" ")
    done = command(theirs, *words)
    assert done.returncode == 2
    assert "it was changed since you allowed it" in done.stderr


def test_what_is_swapped_while_the_user_reads_the_question_is_not_run(theirs: Path) -> None:
    def swap() -> None:
        with (theirs / ".venv" / "pyvenv.cfg").open("a") as file:
            file.write(" ")

    code, said = on_a_terminal(theirs, ["run", "recipe.toml", "--json"], "y", swap)
    assert code == 2, said
    assert "was changed while you were asked" in said
    assert command(theirs, "run", "recipe.toml").returncode == 2  # nor is it remembered


def test_a_short_name_may_mean_what_lies_beside_the_file(theirs: Path) -> None:
    version = f"{sys.version_info[0]}.{sys.version_info[1]}.{sys.version_info[2]}"
    (theirs / "recipe.toml").write_text(f'job = "sleep"\namount = 1\nworkers = 1\ninterpreter = "{ONLY_HERE}"\n')
    code, said = on_a_terminal(theirs, ["run", "recipe.toml"], "y")
    assert f"recipe.toml wants '{ONLY_HERE}'; beside it lies, which may be any program" in said
    assert code == 2  # it was asked, and is another version
    assert f"There is no Python {ONLY_HERE} to run" in said
    assert version.rpartition(".")[0] in said


@pytest.mark.parametrize("word", ["--trust", "--run-code"])
def test_the_word_may_be_given_beforehand_for_one_command(theirs: Path, word: str) -> None:
    assert command(theirs, "run", "recipe.toml", word).returncode == 0
    assert command(theirs, "run", "recipe.toml").returncode == 2


def test_a_path_that_is_typed_as_an_option_is_the_users_word(theirs: Path) -> None:
    done = command(theirs, "run", "recipe.toml", "--interpreter", ".venv/bin/python", "--json")
    assert done.returncode == 0, done.stderr
