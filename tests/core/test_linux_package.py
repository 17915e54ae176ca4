"""What goes into the packages for Linux, and what stays out: rules that are tried without building one. `.ci/packages`
builds and installs a real one."""

from __future__ import annotations

import ast
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import frozen
import identity
import pytest
import slim
from kinds import deb
from linux import desktop_files, system_needs

ROOT = Path(__file__).resolve().parents[2]
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="libraries as Linux has them")
with_tools = pytest.mark.skipif(not all(map(shutil.which, ("gcc", "readelf"))), reason="no gcc, no readelf")


def imported() -> set[str]:
    """Every module that the app names in an import, with those that are taken from a package."""
    found = set()
    for folder in ("playground", "ui"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    found |= {alias.name for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


# -- what stays out


def test_nothing_is_left_out_that_the_app_imports() -> None:
    assert "PySide6.QtWidgets" in imported()
    assert not imported() & {*slim.MODULES}


def test_each_module_of_qt_with_a_stand_in_is_one_that_is_left_out() -> None:
    stands_in = {f"PySide6.{path.stem}" for path in (ROOT / "packaging" / "stand_ins").glob("*.py")}
    assert stands_in == {"PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets"}
    assert stands_in <= {*slim.MODULES}


@pytest.mark.parametrize(
    ("plugin", "kept"),
    [
        ("platforms/libqxcb.so", True),
        ("platforms/libqwayland.so", True),
        ("platforms/libqwayland-egl.so", True),
        ("platforms/libqoffscreen.so", True),
        ("platforms/libqeglfs.so", False),
        ("imageformats/libqsvg.so", True),
        ("imageformats/libqtiff.so", False),
        ("platformthemes/libqgtk3.so", False),
        ("sqldrivers/libqsqlite.so", False),
    ],
)
def test_plugins_of_qt(plugin: str, kept: bool) -> None:
    assert slim.keeps_plugin(Path("plugins") / plugin) == kept


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small frozen app: its program needs liba, that one libb; libc and libd need each other, nobody else does."""
    inside = tmp_path / "_internal"
    inside.mkdir()

    def built(path: Path, *needs: str) -> None:
        options = [f"-l:{name}" for name in needs]
        command = [
            "gcc",
            "-shared",
            "-nostdlib",
            "-Wl,--no-as-needed,--allow-shlib-undefined",
            "-x",
            "c",
            "-",
            "-x",
            "none",
        ]
        subprocess.run([*command, "-L", inside, *options, "-o", path], input=b"", check=True)

    for name, needs in {"libb.so": [], "liba.so": ["libb.so"], "libd.so": [], "libc.so": ["libd.so"]}.items():
        built(inside / name, *needs)
    built(inside / "libd.so", "libc.so")
    built(tmp_path / "program", "liba.so")
    return tmp_path


@linux
@with_tools
def test_a_library_that_nothing_needs_goes(folder: Path) -> None:
    assert [path.name for path in slim.unneeded(folder)] == ["libc.so", "libd.so"]


@linux
@with_tools
def test_the_tables_of_icu_are_replaced_by_none(tmp_path: Path) -> None:
    library = tmp_path / "libicudata.so.73"
    library.write_bytes(b"\x7fELF" + bytes(10_000_000))
    slim.replace_icu_data(library)
    assert library.stat().st_size < 20_000
    said = subprocess.run(["readelf", "--dyn-syms", "-d", "-W", library], capture_output=True, text=True).stdout
    assert "icudt73_dat" in said
    assert "[libicudata.so.73]" in said


# -- what Debian has to bring


@linux
@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="no Debian")
def test_a_library_that_is_not_in_the_folder_is_asked_of_debian(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "program"
    program.write_bytes(b"\x7fELF")
    monkeypatch.setattr(slim, "needed_by", lambda files: {program: ["libc.so.6", "program"]})
    monkeypatch.setattr(system_needs, "newest_symbols", lambda files: "2.31")
    assert system_needs.depends(tmp_path) == ["libc6 (>= 2.31)", "fontconfig-config", "xkb-data"]


@linux
@with_tools
def test_the_newest_symbols_count_as_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "Name: GLIBC_2.9 \n Name: GLIBC_2.34\n Name: GLIBC_2.4"
    done = subprocess.CompletedProcess[str]([], 0, said)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    assert system_needs.newest_symbols([]) == "2.34"


# -- texts


@pytest.mark.parametrize("name", ["concurrency-playground.desktop", "metainfo.xml", "mime.xml", "copyright", "man.1"])
def test_every_name_in_a_text_is_filled_in(name: str) -> None:
    assert "$" not in desktop_files.filled(name)


def test_the_desktop_knows_the_window_by_the_name_of_its_entry() -> None:
    """Wayland finds icon and entry by it, X11 by the class."""
    source = (ROOT / "ui" / "application.py").read_text(encoding="utf-8")
    assert f'setDesktopFileName("{identity.COMMAND}")' in source
    entry = desktop_files.filled("concurrency-playground.desktop")
    assert f"StartupWMClass={identity.COMMAND}\n" in entry
    assert f"Icon={identity.COMMAND}\n" in entry
    assert f"MimeType={desktop_files.MIME};\n" in entry
    assert "Exec=concurrency-playground %f\n" in entry


def test_a_recipe_is_known_by_its_ending() -> None:
    assert f'<glob pattern="*{identity.RECIPE_ENDING}"' in desktop_files.filled("mime.xml")
    assert identity.RECIPE_ENDING == ".recipe.toml"


def test_the_manual_names_every_command() -> None:
    said = subprocess.run(
        [sys.executable, "main.py", "run", "--help"], cwd=ROOT, capture_output=True, text=True, encoding="utf-8"
    )
    assert said.returncode == 0
    manual = desktop_files.filled("man.1")
    for command in ("run", "list", "script", "bench"):
        assert f".B {command}\n" in manual or f".BR {command} " in manual


@pytest.mark.skipif(os.utime not in os.supports_follow_symlinks, reason="a link has no time of its own here")
def test_files_do_not_tell_who_built_them_and_when(tmp_path: Path) -> None:
    for name, mode in {identity.PROGRAM: 0o700, "text": 0o600, "tool.sh": 0o755}.items():
        (tmp_path / name).write_text("x", encoding="utf-8")
        (tmp_path / name).chmod(mode)
    (tmp_path / "link").symlink_to("text")
    deb.settle(tmp_path)
    assert {path.lstat().st_mtime for path in tmp_path.iterdir()} == {frozen.EPOCH}
    if os.name == "posix":
        assert {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {
            identity.PROGRAM: 0o755,
            "text": 0o644,
            "tool.sh": 0o644,
            "link": 0o644,
        }


def test_a_kind_that_is_none_is_refused_and_without_one_the_app_is_frozen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(frozen, "make", lambda _python: tmp_path)
    build = runpy.run_path(str(ROOT / "packaging" / "build.py"))["main"]
    assert build([]) == 0
    assert f"frozen: {tmp_path}" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        build(["deb", "rpm"])
    assert "no kind rpm" in capsys.readouterr().err


def test_sources_that_change_are_frozen_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").write_text("1", encoding="utf-8")
    monkeypatch.setattr(frozen, "ROOT", tmp_path)
    monkeypatch.setattr(frozen, "SOURCES", ("a.py",))
    before = frozen.fingerprint(Path(sys.executable))
    assert frozen.fingerprint(Path(sys.executable)) == before
    (tmp_path / "a.py").write_text("2", encoding="utf-8")
    assert frozen.fingerprint(Path(sys.executable)) != before
