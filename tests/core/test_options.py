"""What the command line makes of a recipe file, of a line, and of code: the user's own, and somebody else's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from playground.cli import commands, consent
from playground.recipe.recipe import BadRecipe, Recipe
from playground.recipe.recipe_file import from_toml, load_code, to_toml
from tests.core.labs import ROOT

CODE = 'def job(i, n):\n    print(f"{i} of {n} was here")\n'
CLI = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); "
    "from playground.cli import commands; sys.exit(commands.main(sys.argv[1:]))"
)


class Started(Exception):
    """Instead of a run."""


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Recipe]:
    """What was about to be run."""
    recipes: list[Recipe] = []

    def note(recipe: Recipe, *_: Any, **__: Any) -> None:
        recipes.append(recipe)
        raise Started

    monkeypatch.setattr(commands, "carry_out", note)
    return recipes


def begun(started: list[Recipe], *words: str) -> Recipe:
    with pytest.raises(Started):
        commands.main(["run", *words])
    return started.pop()


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert commands.main(["run", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    return err


# --- a line


def test_a_line_is_run_and_options_go_before_it(started: list[Recipe]) -> None:
    assert begun(started, "3 x Sleep as Asyncio for 2 s with nap=0.1") == Recipe(
        job="sleep", workers=3, model="asyncio", seconds=2.0, knobs={"nap": 0.1}
    )
    words = ["3 x sleep as asyncio for 2 s with nap=0.1", "--workers", "5", "--seconds", "1", "--set", "nap=0.2"]
    assert begun(started, *words) == Recipe("sleep", 5, "asyncio", seconds=1.0, knobs={"nap": 0.2})
    assert begun(started, "3 x primes as serial").seconds == commands.DEFAULT_SECONDS


def test_a_file_that_exists_is_no_line(started: list[Recipe], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("2 x hash as threads").write_text('job = "sleep"\namount = 1\n')
    assert begun(started, "2 x hash as threads").job == "sleep"
    assert begun(started, "2 x hash as serial").job == "hash"


def test_what_is_not_understood_is_marked_in_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, "4 x prims as threads").splitlines()[1:3] == ["  4 x prims as threads", "      ^^^^^"]
    assert "Did you mean threads?" in refused(capsys, "4 x primes as thraeds")
    assert "The model is missing" in refused(capsys, "4 x primes")


def test_what_is_neither_a_file_nor_a_line_is_told_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "“mine” is no file, nor a line like: 4 x primes" in refused(capsys, "mine")
    assert "cannot be read" in refused(capsys, "mine.toml")
    assert "cannot be read" in refused(capsys, str(tmp_path))
    assert "“” is no file" in refused(capsys, "")  # as of a variable that a script has not set
    (tmp_path / "mine.py").write_text(CODE)
    assert "run it with --code" in refused(capsys, str(tmp_path / "mine.py"))
    assert refused(capsys, "x" * 5000 + " y").startswith("bad recipe: A line may have 2000 characters, not 5002.")


# --- a file of the user's own code


def test_code_is_read_as_python_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_bytes(b"\xef\xbb\xbfx = 1\r\ny = '\xc3\xa9'\rz = 3\n")
    assert load_code(file) == "x = 1\ny = 'é'\nz = 3\n"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"x = 1\ny = '\xe9'\n", "is not UTF-8 in line 2"),
        (b"#" * 200_001, "is larger than 200 kB"),
        (None, "cannot be read"),
    ],
    ids=["latin", "large", "none"],
)
def test_a_file_that_is_no_code_is_refused(tmp_path: Path, content: bytes | None, says: str) -> None:
    file = tmp_path / "mine.py"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BadRecipe, match=says) as refusal:
        load_code(file)
    assert refusal.value.field == "code"
    assert str(file) in str(refusal.value)


def test_a_file_of_code_is_the_users_word(started: list[Recipe], tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(CODE)
    recipe = begun(started, "2 x own as threads", "--code", str(file))
    assert recipe == Recipe(job="own", workers=2, code=CODE)  # to its end: no length is made up
    assert begun(started, "--code", str(file), "--seconds", "2") == Recipe(job="own", code=CODE, seconds=2.0)


def test_a_job_of_ones_own_needs_code(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["2 x own as threads"], ["--job", "own"]):
        assert (
            refused(capsys, *words) == "bad recipe: The code is missing. Name the file that it is in: --code FILE.py\n"
        )


def test_code_goes_with_no_other_job(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(CODE)
    assert "goes with job own" in refused(capsys, "--code", str(tmp_path / "mine.py"), "--job", "primes")


# --- code that a recipe file brings


@pytest.fixture
def brought(tmp_path: Path) -> str:
    file = tmp_path / "theirs.toml"
    file.write_text(to_toml(Recipe(job="own", workers=2, code=CODE + "# \x1b[2K\u202e hidden\n")), encoding="utf-8")
    return str(file)


def test_somebody_elses_code_is_shown_and_not_run_where_nobody_can_be_asked(
    brought: str, started: list[Recipe], capsys: pytest.CaptureFixture[str]
) -> None:
    message = refused(capsys, brought)
    assert "   1  def job(i, n):\n   2      print(" in message
    assert "3  # \\x1b[2K\\u202e hidden" in message  # what would not be seen on a terminal is
    assert "once you have looked: --trust" in message
    assert started == []


def test_with_the_users_word_it_is_run_without_asking(
    brought: str, started: list[Recipe], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for word in ("--trust", "--run-code"):  # what it was called before
        assert begun(started, brought, word).code.startswith(CODE)
    (tmp_path / "mine.py").write_text(CODE)
    assert begun(started, brought, "--code", str(tmp_path / "mine.py")).code == CODE
    assert begun(started, brought, "--job", "hash").job == "hash"  # the code is not run then
    assert "brings this code" not in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="makes a terminal")
@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("Yes", 0), ("n", 2), ("", 2)])
def test_on_a_terminal_the_user_is_asked(brought: str, answer: str, code: int) -> None:
    terminal, end = os.openpty()
    try:
        asked = subprocess.Popen(
            [sys.executable, "-c", CLI, str(ROOT), "run", brought, "--json"],
            stdin=end,
            stdout=subprocess.PIPE,
            stderr=end,
        )
        os.close(end)
        said = b""
        while b"[y/N]" not in said:
            said += os.read(terminal, 4096)
        os.write(terminal, f"{answer}\n".encode())
        out, _ = asked.communicate(timeout=60)
        assert asked.returncode == code, os.read(terminal, 4096)
        assert bool(out) == (code == 0)
        assert b"def job(i, n):" in said
    finally:
        os.close(terminal)


def test_code_goes_through_a_recipe_file_unchanged(brought: str) -> None:
    assert from_toml(Path(brought).read_bytes()).code == CODE + "# \x1b[2K\u202e hidden\n"
    assert consent.shown("a\n\tb") == "   1  a\n   2      b"
