"""Where Pythons are looked for, on machines made of folders; and that many names of one Python are one."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from playground.files.on_path import which
from playground.interpreters import places, registry
from playground.interpreters.places import Places, absolute, candidates, identity, launcher_paths, usual
from tests.core.made_pythons import environment, script

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the made Pythons are shell scripts")


def machine(place: Path, system: str = "linux", **variables: str) -> Places:
    return Places(home=place / "home", root=place / "root", environment=variables, system=system)


WHERE = {
    "PATH": ("linux", "bin/python3", {"PATH": "{place}/bin"}),
    "pyenv": ("linux", "home/.pyenv/versions/3.12.1/bin/python", {}),
    "pyenv elsewhere": ("linux", "pyenv/versions/3.12.1/bin/python", {"PYENV_ROOT": "{place}/pyenv"}),
    "pyenv on Windows": ("win32", "home/.pyenv/pyenv-win/versions/3.12.1/python.exe", {}),
    "uv": ("linux", "home/.local/share/uv/python/cpython-3.13.0-linux-x86_64-gnu/bin/python3.13", {}),
    "uv with XDG": ("linux", "data/uv/python/pypy-3.10/bin/pypy3.10", {"XDG_DATA_HOME": "{place}/data"}),
    "uv elsewhere": ("linux", "uv/cpython-3.13t/bin/python3.13t", {"UV_PYTHON_INSTALL_DIR": "{place}/uv"}),
    "uv on Windows": ("win32", "roaming/uv/python/cpython-3.13/python.exe", {"APPDATA": "{place}/roaming"}),
    "conda, active": ("linux", "conda/envs/sea/bin/python", {"CONDA_PREFIX": "{place}/conda/envs/sea"}),
    "conda": ("linux", "home/miniconda3/bin/python", {}),
    "conda, an environment": ("linux", "home/anaconda3/envs/sea/bin/python", {}),
    "conda for all": ("linux", "root/opt/miniforge3/bin/python", {}),
    "conda on Windows": ("win32", "home/miniforge3/envs/sea/python.exe", {}),
    "python.org on Windows": ("win32", "local/Programs/Python/Python312/python.exe", {"LOCALAPPDATA": "{place}/local"}),
    "its manager": ("win32", "local/Python/pythoncore-3.14-64/python.exe", {"LOCALAPPDATA": "{place}/local"}),
    "Windows, as usual": ("win32", "home/AppData/Local/Programs/Python/Python312/python.exe", {}),
    "Homebrew": ("darwin", "root/opt/homebrew/bin/python3.12", {}),
    "Homebrew, not linked": ("darwin", "root/opt/homebrew/opt/python@3.13/bin/python3.13", {}),
    "Homebrew on Intel": ("darwin", "root/usr/local/bin/python3.12", {}),
    "Homebrew on Linux": ("linux", "root/home/linuxbrew/.linuxbrew/bin/python3", {}),
    "Homebrew elsewhere": ("darwin", "brew/bin/pypy3.10", {"HOMEBREW_PREFIX": "{place}/brew"}),
    "a framework": ("darwin", "root/Library/Frameworks/Python.framework/Versions/3.13/bin/python3.13", {}),
    "a framework without a GIL": ("darwin", "root/Library/Frameworks/PythonT.framework/Versions/3.14/bin/python3", {}),
    "a framework of mine": ("darwin", "home/Library/Frameworks/Python.framework/Versions/3.9/bin/python3", {}),
}  # fmt: skip


@pytest.mark.parametrize(("system", "where", "variables"), WHERE.values(), ids=WHERE)
def test_every_place_is_looked_in(tmp_path: Path, system: str, where: str, variables: dict[str, str]) -> None:
    python = tmp_path / where
    script(python.parent, "", python.name)
    given = {name: value.format(place=tmp_path) for name, value in variables.items()}
    assert candidates((), machine(tmp_path, system, **given)) == [str(python)]


def test_conda_lists_its_environments_in_a_file(tmp_path: Path) -> None:
    python = script(tmp_path / "anywhere" / "bin", "", "python")
    listed = tmp_path / "home" / ".conda" / "environments.txt"
    listed.parent.mkdir(parents=True)
    listed.write_text(f"{tmp_path / 'anywhere'}\n\n{tmp_path / 'gone'}\n")
    assert candidates((), machine(tmp_path)) == [python]
    listed.write_bytes(b"\xff\xfe")
    assert candidates((), machine(tmp_path)) == []


def test_what_the_py_launcher_prints_is_understood() -> None:
    said = (
        " -V:3.13t *      C:\\Python 3.13\\python3.13t.exe\r\n"
        " -V:3.12          C:\\Users\\me\\AppData\\Local\\Programs\\Python\\Python312\\python.exe\r\n"
        " -3.8-32        D:\\py38\\python.exe\r\n\r\nInstalled Pythons found by py launcher\r\n"
    )
    assert launcher_paths(said) == [
        "C:\\Python 3.13\\python3.13t.exe",
        "C:\\Users\\me\\AppData\\Local\\Programs\\Python\\Python312\\python.exe",
        "D:\\py38\\python.exe",
    ]


def test_the_py_launcher_is_asked_on_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path, 'test "$*" = -0p && printf " -V:3.12 *  C:\\\\\\\\py\\\\\\\\python.exe\\r\\n"', "py")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert machine(tmp_path, "win32").launched() == ["C:\\py\\python.exe"]
    assert candidates((), machine(tmp_path, "win32")) == ["C:\\py\\python.exe"]
    assert machine(tmp_path, "linux").launched() == []
    monkeypatch.setattr(registry, "registered", lambda: ["C:\\registered\\python.exe"])
    assert machine(tmp_path, "win32").launched() == ["C:\\registered\\python.exe", "C:\\py\\python.exe"]
    (tmp_path / "py").unlink()
    assert machine(tmp_path, "win32").launched() == ["C:\\registered\\python.exe"]
    assert machine(tmp_path, "linux").launched() == []


NAMES = "python python2 python2.7 python3 python3.8 python3.13t pypy pypy3 pypy3.11 graalpy"


def test_names_of_tools_are_none_of_pythons(tmp_path: Path) -> None:
    wanted = [script(tmp_path / "bin", "", name) for name in NAMES.split()]
    for name in ("python3-config", "python3.8-config", "pythonw", "bpython", "python3.8.bak", "pypy3clean", "Python"):
        script(tmp_path / "bin", "", name)
    (tmp_path / "bin" / "python3.9").write_text("not executable")
    (tmp_path / "bin" / "python3.10").mkdir()
    (tmp_path / "bin" / "python3.11").symlink_to("python3.11")
    assert sorted(candidates((), machine(tmp_path, PATH=str(tmp_path / "bin")))) == sorted(wanted)


def test_every_file_is_a_candidate_once(tmp_path: Path) -> None:
    python = script(tmp_path / "bin", "", "python3.8")
    script(tmp_path / "shims", "", "python3.14")
    script(tmp_path / "WindowsApps", "", "python3.14")
    (tmp_path / "bin" / "python3").symlink_to("python3.8")
    other = tmp_path / "other"
    other.mkdir()
    (other / "python3").symlink_to(tmp_path / "bin" / "python3.8")
    (tmp_path / "linked").symlink_to(tmp_path / "bin", target_is_directory=True)
    folders = ["bin", "other", "linked", "shims", "WindowsApps", "none", "bin"]
    path = os.pathsep.join([*(str(tmp_path / folder) for folder in folders), ""])
    (found,) = candidates((), machine(tmp_path, PATH=path))
    assert identity(Path(found)) == python


def test_hard_links_of_one_file_are_one_python(tmp_path: Path) -> None:
    """As `make install` of a free-threaded Python leaves them."""
    python = script(tmp_path / "bin", "", "python3.13")
    (tmp_path / "bin" / "python3.13t").hardlink_to(python)
    script(tmp_path / "other", "", "python3.13")
    path = os.pathsep.join([str(tmp_path / "bin"), str(tmp_path / "other")])
    assert len(candidates((), machine(tmp_path, PATH=path))) == 2


@pytest.mark.parametrize("folder", ["bin", ".", "", "./bin"])
def test_a_relative_folder_of_path_leads_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    script(tmp_path, "")
    script(tmp_path / "bin", "")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", folder)
    assert candidates((), machine(tmp_path, PATH=folder)) == []
    assert which("python3") is None


@pytest.mark.parametrize(
    ("variable", "value", "where"),
    [
        ("PYENV_ROOT", ".pyenv", ".pyenv/versions/3.99.0/bin"),
        ("UV_PYTHON_INSTALL_DIR", "uv", "uv/cpython/bin"),
        ("XDG_DATA_HOME", ".", "uv/python/cpython/bin"),
        ("CONDA_PREFIX", ".venv", ".venv/bin"),
        ("MAMBA_ROOT_PREFIX", ".", "bin"),
        ("HOMEBREW_PREFIX", ".", "bin"),
    ],
)
def test_no_variable_leads_to_a_folder_that_somebody_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, where: str
) -> None:
    script(tmp_path / where, "")
    monkeypatch.chdir(tmp_path)
    assert candidates((), machine(tmp_path, **{variable: value})) == []
    assert usual([f"{where}/python3"], machine(tmp_path, **{variable: value})) == set()


def test_only_what_the_search_finds_is_usual(tmp_path: Path) -> None:
    python = script(tmp_path / "bin", "", "python3.8")
    tool = script(tmp_path / "bin", "", "rm")
    link = tmp_path / "link" / "python3.8"
    link.parent.mkdir()
    link.symlink_to(python)
    there = machine(tmp_path, PATH=str(tmp_path / "bin"))
    around = str(tmp_path / "link" / ".." / "bin" / "python3.8")
    assert usual([python, tool, str(link), around], there) == {python}


def test_where_a_named_interpreter_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = script(tmp_path / "bin", "", "my-own-snake")
    script(tmp_path, "", "another-snake")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert absolute("my-own-snake") == python
    assert absolute("another-snake") == "another-snake"  # what lies here is not meant by a bare name
    assert absolute("./another-snake") == absolute("~/another-snake") == str(tmp_path / "another-snake")
    assert absolute("~nobody-at-all/python") == "~nobody-at-all/python"


def test_the_one_that_runs_the_app_is_no_candidate(tmp_path: Path) -> None:
    assert candidates([sys.executable], machine(tmp_path, PATH=str(Path(sys.executable).parent))) == []


def test_a_virtual_environment_is_a_python_of_its_own(tmp_path: Path) -> None:
    base = os.path.realpath(sys.executable)
    one, two = environment(tmp_path / "one"), environment(tmp_path / "two")
    assert len({identity(Path(path)) for path in (base, one, two)}) == 3
    found = candidates([base, one, two, tmp_path / "one" / "bin" / "python3"], machine(tmp_path))
    own = identity(Path(sys.executable))
    assert [identity(Path(path)) for path in found] == [
        identity(Path(path)) for path in (base, one, two) if identity(Path(path)) != own
    ]


@pytest.mark.parametrize("name", [".venv", "venv", "env"])
def test_environments_beside_a_recipe_are_found(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "recipes"
    environment(folder / name)
    environment(folder / "not-this")
    (found,) = places.beside(folder / "race.toml", machine(tmp_path))
    assert Path(found).parent == folder / name / "bin"
    assert candidates((), machine(tmp_path)) == []


def test_what_was_pointed_at_is_taken_whatever_its_name_and_even_if_it_is_gone(tmp_path: Path) -> None:
    mine = script(tmp_path, "", "my-own-snake")
    gone = str(tmp_path / "gone")
    assert candidates([mine, gone], machine(tmp_path)) == [mine, gone]


def test_a_mac_without_tools_is_not_made_to_offer_them(tmp_path: Path) -> None:
    shown = script(tmp_path / "root" / "usr" / "bin", "", "python3")
    mac = machine(tmp_path, "darwin", PATH=str(tmp_path / "root" / "usr" / "bin"))
    assert candidates((), mac) == []
    (tmp_path / "root" / "Library" / "Developer" / "CommandLineTools").mkdir(parents=True)
    assert candidates((), mac) == [shown]
