"""The folder to unpack and the file that unpacks itself: packed from a small app here, and used as a user does.
`.ci/packages` starts real ones."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import identity
import pytest
from kinds import portable, run
from linux import archive, desktop_files

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="packages for Linux"),
    pytest.mark.skipif(not all(map(shutil.which, ("tar", "xz"))), reason="no tar, no xz"),
]
SAYS = '#!/bin/sh\necho "$0"\npwd\nfor word in "$@"; do echo "[$word]"; done\n'
NASTY = 'mine, Zoë\'s 100% "$HOME" `id` a\\b & | 日本'


@pytest.fixture
def small(icons: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A frozen app that says how it was started."""
    monkeypatch.setenv("XZ_LEVEL", "0")
    folder = tmp_path / identity.PROGRAM
    (folder / "_internal").mkdir(parents=True)
    (folder / "_internal" / "library.so").write_bytes(b"library")
    (folder / "_internal" / "link.so").symlink_to("library.so")
    (folder / identity.PROGRAM).write_text(SAYS, encoding="utf-8")
    (folder / identity.PROGRAM).chmod(0o755)
    return folder


def called(
    *line: str | Path, cwd: Path, fails: bool = False, **variables: str | Path
) -> subprocess.CompletedProcess[str]:
    line = tuple(map(str, line))
    given = {"PATH": os.environ["PATH"]} | {name: str(value) for name, value in variables.items()}
    done = subprocess.run(line, cwd=cwd, env=given, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert (done.returncode != 0) == fails, done
    return done


# -- packed twice


@pytest.mark.parametrize("kind", [portable.build, run.build])
def test_the_same_folder_gives_the_same_bytes(
    small: Path, tmp_path: Path, kind: Callable[[Path, Path], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for name, umask, when in (("one", 0o022, 1_000_000_000), ("other", 0o077, 1_700_000_000)):
        out = tmp_path / name
        out.mkdir()
        before = os.umask(umask)
        try:
            copy = shutil.copytree(small, out / small.name, symlinks=True)
            for path in copy.rglob("*"):
                os.utime(path, (when, when), follow_symlinks=False)
            (copy / "_internal").chmod(0o777 & ~umask)
            (copy / "_internal" / "library.so").chmod(0o666 & ~umask)
            made.append(kind(copy, out).read_bytes())
        finally:
            os.umask(before)
    assert made[0] == made[1]


# -- one file


@pytest.fixture
def one_file(small: Path, tmp_path: Path) -> Path:
    out = tmp_path / "a folder, Zoë"
    out.mkdir()
    return run.build(small, out)


def unpacked(place: Path) -> Path:
    (app,) = (path for path in place.glob(f"{identity.COMMAND}-*") if path.is_dir())
    return app / identity.PROGRAM / identity.PROGRAM


def test_it_starts_the_app_where_the_user_is_and_with_every_word(one_file: Path, tmp_path: Path) -> None:
    said = called(one_file, "--version", "--", "a b", "", cwd=one_file.parent, HOME=tmp_path / "home").stdout
    app = unpacked(tmp_path / "home" / ".cache")
    assert said.splitlines() == [str(app), str(one_file.parent), "[--version]", "[--]", "[a b]", "[]"]
    assert (app.parent / "_internal" / "link.so").readlink() == Path("library.so")


def test_a_later_start_unpacks_nothing(one_file: Path, tmp_path: Path) -> None:
    called(one_file, cwd=tmp_path, XDG_CACHE_HOME=tmp_path / "cache")
    one_file.write_bytes(one_file.read_bytes()[:-100])  # nobody reads that any more
    assert called(one_file, cwd=tmp_path, XDG_CACHE_HOME=tmp_path / "cache").stdout
    assert len([*(tmp_path / "cache").iterdir()]) == 1


@pytest.mark.parametrize("home", [None, "/proc/nobody", "/dev/null"])
def test_without_a_home_it_unpacks_into_a_temporary_folder(one_file: Path, tmp_path: Path, home: str | None) -> None:
    given = {"TMPDIR": str(tmp_path)} | ({"HOME": home} if home else {})
    called(one_file, cwd=tmp_path, **given)
    place = tmp_path / f"{identity.COMMAND}-{os.getuid()}"
    assert place.stat().st_mode & 0o777 == 0o700
    assert unpacked(place).is_file()


def test_with_no_folder_at_all_it_says_what_to_set(one_file: Path, tmp_path: Path) -> None:
    said = called(one_file, cwd=tmp_path, fails=True, HOME="/proc/nobody", TMPDIR="/proc/nothing").stderr
    assert said == "Concurrency Playground finds no folder to unpack into: set XDG_CACHE_HOME or TMPDIR.\n"


def test_a_file_that_is_not_whole_says_so_and_leaves_nothing(one_file: Path, tmp_path: Path) -> None:
    one_file.write_bytes(one_file.read_bytes()[:-100])
    said = called(one_file, cwd=tmp_path, fails=True, XDG_CACHE_HOME=tmp_path / "cache").stderr
    assert "this file is not whole" in said
    assert [*(tmp_path / "cache").iterdir()] == []


def test_a_new_version_removes_earlier_ones_that_do_not_run(one_file: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    open_one, closed, killed, others = (
        *(cache / f"{identity.COMMAND}-0.0.{number}-abc" for number in (1, 2)),
        cache / f".{identity.COMMAND}-0.0.1-abc.Xy12Zz",
        cache / f"{identity.COMMAND}-notes",
    )
    for folder in (open_one, closed, killed, others):
        (folder / identity.PROGRAM).mkdir(parents=True)
        shutil.copy(shutil.which("sleep") or "", folder / identity.PROGRAM / identity.PROGRAM)
    os.utime(killed, (1_000_000_000, 1_000_000_000))
    running = subprocess.Popen([open_one / identity.PROGRAM / identity.PROGRAM, "60"])
    try:
        called(one_file, cwd=tmp_path, XDG_CACHE_HOME=cache)
    finally:
        running.kill()
        running.wait()
    assert [path.is_dir() for path in (open_one, closed, killed, others)] == [True, False, False, True]


# -- a folder to unpack


@pytest.fixture
def folder(small: Path, tmp_path: Path) -> Path:
    place = tmp_path / NASTY
    place.mkdir()
    subprocess.run(["tar", "-xJf", portable.build(small, tmp_path)], cwd=place, check=True)
    (unpacked,) = place.iterdir()
    return unpacked


def started_by(entry: str) -> list[str]:
    """The words of an entry's Exec, as the Desktop Entry Specification reads them: first the escapes of any string,
    then quotes."""
    (line,) = (line.removeprefix("Exec=") for line in entry.splitlines() if line.startswith("Exec="))
    text = line.replace("\\\\", "\\")
    words: list[str] = []
    quoted, now = False, ""
    letters = iter(text)
    for letter in letters:
        if letter == '"':
            quoted = not quoted
        elif letter == "\\" and quoted:
            now += next(letters)
        elif letter == " " and not quoted:
            words, now = [*words, now], ""
        else:
            now += letter
    assert all(re.fullmatch("([^%]|%%)*|%f", word) for word in [*words, now]), line
    return [word.replace("%%", "%") for word in [*words, now]]


def test_the_menu_starts_the_app_wherever_it_was_unpacked(folder: Path, tmp_path: Path) -> None:
    for path in (folder / "share").rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    for _again in range(2):
        said = called(folder / "install.sh", cwd=tmp_path, HOME=tmp_path / "home").stdout
    assert said.splitlines()[-1].endswith("--remove")
    share = tmp_path / "home/.local/share"
    entry = (share / f"applications/{identity.COMMAND}.desktop").read_text(encoding="utf-8")
    assert started_by(entry) == [str(folder / identity.PROGRAM), "%f"]
    assert "TryExec" not in entry
    modes = [path.stat().st_mode for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert all(mode & stat.S_IWUSR for mode in modes), "what may not be written cannot be installed anew"
    assert (share / f"mime/packages/{identity.COMMAND}.xml").is_file()
    assert (share / f"icons/hicolor/scalable/apps/{identity.COMMAND}.svg").is_file()
    assert (share / f"icons/hicolor/256x256/apps/{identity.COMMAND}.png").read_bytes() == b"a picture"


def test_taken_out_of_the_menu_nothing_of_it_is_left_and_all_else_is(folder: Path, tmp_path: Path) -> None:
    share = tmp_path / "share"
    other = share / "applications/other.desktop"
    other.parent.mkdir(parents=True)
    other.write_text("[Desktop Entry]\n", encoding="utf-8")
    for more in ((), ("--remove",)):
        called(folder / "install.sh", *more, cwd=tmp_path, XDG_DATA_HOME=share)
    left = [path for path in share.rglob("*") if identity.COMMAND in path.name]
    assert left == []
    assert other.is_file()
    assert not (share / "icons").exists()
    assert (folder / identity.PROGRAM).is_file()


def test_it_says_what_it_needs_where_nobody_is_at_home(folder: Path, tmp_path: Path) -> None:
    assert "HOME" in called(folder / "install.sh", cwd=tmp_path, fails=True).stderr


def test_everybody_may_start_what_one_has_unpacked(folder: Path) -> None:
    assert (folder / identity.PROGRAM).stat().st_mode & 0o777 == 0o755
    assert (folder / "_internal").stat().st_mode & 0o777 == 0o755
    assert (folder / "_internal" / "library.so").stat().st_mode & 0o777 == 0o644


def test_without_icons_nothing_is_packed(small: Path, icons: Path, tmp_path: Path) -> None:
    (icons / "256.png").unlink()
    with pytest.raises(FileNotFoundError, match="no icons"):
        portable.build(small, tmp_path)


def test_a_script_of_the_packages_is_filled_in() -> None:
    for name in ("install.sh", "start.sh"):
        words = desktop_files.filled(name)
        assert "$$" not in words
        subprocess.run(["sh", "-n"], input=words, text=True, check=True)
    assert "--mode=u=rwX,go=rX" in archive.SAME
