"""The user's word: for exactly this text, for exactly this program at this place, kept for window and command line."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from playground.interpreters import places
from playground.interpreters.content import content
from playground.run.trust import FILE, MOST, Trust
from tests.core.made_pythons import environment, script

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the made Pythons are shell scripts")


def test_our_own_python_and_what_the_search_finds_need_no_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = script(tmp_path / "bin", "")
    trust = Trust(tmp_path)
    assert trust.may_start("")
    assert trust.may_start(sys.executable)
    assert not trust.may_start(python)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert trust.may_start(python)
    assert not trust.may_start(script(tmp_path / "bin", "", "rm"))
    assert trust.may_start(str(tmp_path / "gone"))  # nothing is there that could be started …
    assert trust.may_start(str(tmp_path))
    Path(python).chmod(0o111)  # … but what cannot be read can be
    assert not trust.may_start(str(tmp_path / "bin" / ".." / "bin" / "python3"))


def test_all_folders_are_looked_through_once_for_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[set[str]] = []

    def usual(paths: set[str]) -> set[str]:
        searched.append(set(paths))
        return paths - {"/elsewhere/python3"}

    monkeypatch.setattr(places, "usual", usual)
    trust = Trust(tmp_path)
    assert trust.usual(["/one/python3", "/two/python3", "/elsewhere/python3"]) == {"/one/python3", "/two/python3"}
    assert trust.may_start("/one/python3")
    assert trust.usual(["/two/python3", "/three/python3"]) == {"/two/python3", "/three/python3"}
    allowed = script(tmp_path / "bin", "")
    trust.grant_python(allowed)
    assert trust.may_start(allowed)
    assert searched == [{"/one/python3", "/two/python3", "/elsewhere/python3"}, {"/three/python3"}]


def test_a_word_is_for_a_place_and_what_is_there(tmp_path: Path) -> None:
    one, same = script(tmp_path / "one", "echo"), script(tmp_path / "same", "echo")
    trust = Trust(tmp_path)
    trust.grant_python(one)
    assert (trust.may_start(one), trust.may_start(same)) == (True, False)
    assert Trust(tmp_path).may_start(one)
    before = Path(one).stat()
    Path(one).write_text("#!/bin/sh\nECHO")
    os.utime(one, ns=(before.st_atime_ns, before.st_mtime_ns))  # whoever swaps a file can set its time
    assert trust.names(one)
    assert not trust.may_start(one)


def test_an_answer_is_for_what_was_there_when_it_was_asked_for(tmp_path: Path) -> None:
    one = script(tmp_path / "one", "echo")
    trust = Trust(tmp_path)
    shown = trust.content_now(one)
    script(tmp_path / "one", "echo another")
    trust.grant_python(one, shown)
    assert not trust.may_start(one)
    trust.grant_python(one, trust.content_now(one))
    assert trust.may_start(one)
    none = str(tmp_path / "none")
    shown = trust.content_now(none)
    script(tmp_path, "", "none")
    trust.grant_python(none, shown)
    assert not trust.may_start(none)


@pytest.fixture
def python(tmp_path: Path) -> str:
    """Of a virtual environment, like those that lie beside recipes."""
    return environment(tmp_path / ".venv", os.path.realpath(sys.executable))


def packages(python: str) -> Path:
    (found,) = Path(python).parent.parent.glob("lib/*/site-packages")
    return found


def lead_elsewhere(python: str) -> None:
    with (Path(python).parent.parent / "pyvenv.cfg").open("a") as file:
        file.write(" ")


def swap(python: str) -> None:
    Path(python).unlink()
    script(Path(python).parent, "", "python")


def configure_beside(python: str) -> None:
    (Path(python).parent / "pyvenv.cfg").touch()


CHANGES = {
    "another program": swap,
    "led elsewhere": lead_elsewhere,
    "led elsewhere by a nearer file": configure_beside,
    "a path file": lambda python: (packages(python) / "evil.pth").write_text("import os"),
    "sitecustomize": lambda python: (packages(python) / "sitecustomize.py").touch(),
    "usercustomize": lambda python: (packages(python) / "usercustomize.py").touch(),
    "a file of paths on Windows": lambda python: (Path(python).parent / "python311._pth").touch(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_decides_what_a_python_does_is_its_content(python: str, tmp_path: Path, change: str) -> None:
    trust = Trust(tmp_path)
    trust.grant_python(python)
    assert trust.may_start(python)
    CHANGES[change](python)
    assert not trust.may_start(python)
    trust.grant_python(python)
    assert trust.may_start(python)


@pytest.mark.parametrize("hook", ["evil.pth", "sitecustomize.py", "usercustomize/__init__.py"])
def test_what_a_python_without_a_configuration_runs_as_it_starts_is_its_content(tmp_path: Path, hook: str) -> None:
    """One that was unpacked somewhere, or built: its library lies beside its program, also where a link leads there."""
    script(tmp_path / "unpacked" / "bin", "")
    packages = tmp_path / "unpacked" / "lib" / "python3.11" / "site-packages"
    packages.mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "unpacked" / "bin" / "python3")
    trust = Trust(tmp_path)
    for path in (tmp_path / "unpacked" / "bin" / "python3", tmp_path / "link"):
        trust.grant_python(str(path))
        assert trust.may_start(str(path))
    (packages / hook).parent.mkdir(exist_ok=True)
    (packages / hook).touch()
    for path in (tmp_path / "unpacked" / "bin" / "python3", tmp_path / "link"):
        assert not trust.may_start(str(path))


def test_a_package_that_is_installed_asks_no_question(python: str, tmp_path: Path) -> None:
    trust = Trust(tmp_path)
    trust.grant_python(python)
    (packages(python) / "gevent").mkdir()
    (packages(python) / "gevent" / "__init__.py").touch()
    assert trust.may_start(python)


def test_what_cannot_be_started_has_no_content(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in ("/dev/zero", str(tmp_path / "pipe"), str(tmp_path), str(tmp_path / "none"), "\0"):
        assert content(path) is None
    trust = Trust(tmp_path)
    trust.grant_python(str(tmp_path / "none"))
    script(tmp_path, "", "none")
    assert not trust.may_start(str(tmp_path / "none"))


def test_code_has_a_word_of_its_own_and_another_window_hears_of_it(tmp_path: Path) -> None:
    one, other = Trust(tmp_path), Trust(tmp_path)
    one.grant_code("a = 1")
    assert other.holds_code("a = 1")
    assert not other.holds_code("a = 1 ")
    other.grant_code("b = 2")
    assert one.holds_code("b = 2")
    assert Trust(tmp_path).holds_code("a = 1")
    (tmp_path / FILE).unlink()  # whoever takes the file away takes all words back
    assert not one.holds_code("a = 1")


def test_old_words_go(tmp_path: Path) -> None:
    trust = Trust(tmp_path)
    pythons = [script(tmp_path / str(number), "") for number in range(MOST + 2)]
    for path in pythons:
        trust.grant_python(path)
    assert [trust.may_start(path) for path in (pythons[1], pythons[2], pythons[-1])] == [False, True, True]


@pytest.mark.parametrize("kept", [b"", b"{", b'{"code": 1}', b"\xff", b"[" * 100_000])
def test_a_file_that_is_broken_holds_no_word(tmp_path: Path, kept: bytes) -> None:
    (tmp_path / FILE).write_bytes(kept)
    trust = Trust(tmp_path)
    assert not trust.holds_code("a = 1")
    trust.grant_code("a = 1")
    assert Trust(tmp_path).holds_code("a = 1")


def test_where_nothing_can_be_written_a_word_lasts_until_the_end(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    trust, python = Trust(tmp_path / "file"), script(tmp_path, "")
    trust.grant_code("a = 1")
    trust.grant_python(python)
    assert trust.holds_code("a = 1")
    assert trust.may_start(python)
