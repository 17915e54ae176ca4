"""Whatever the packages are made of has its licence in them: its name, and a text."""

from __future__ import annotations

import re
import shutil
import sysconfig
from pathlib import Path

import licences
import origins
import pytest

from tests.core.test_linux_package import imported

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements-packaging.lock").read_text(encoding="utf-8")
PINNED = {*re.findall(r"(?m)^([\w.-]+)==", LOCK)}
LOCKED = PINNED - licences.BUILD_ONLY


def installed(name: str) -> list[Path]:
    packages = Path(sysconfig.get_path("purelib"))
    return [*packages.glob(f"{name.replace('-', '_')}-*.dist-info")]


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """As in the environment that packages are made in: what its lock names."""
    place = tmp_path / "packages"
    place.mkdir()
    for info in (info for name in LOCKED for info in installed(name)):
        shutil.copytree(info, place / info.name)
    return place


def test_every_distribution_has_a_licence_and_a_text(packages: Path, tmp_path: Path) -> None:
    named = licences.write(tmp_path / "out", tmp_path / "frozen", packages)
    rows = (tmp_path / "out" / "README.txt").read_text("utf-8").splitlines()[2:]
    assert [row for row in rows if not re.fullmatch(r"\S+( \S+)?: \S.*", row)] == []
    there = {name for name in LOCKED if installed(name)}
    assert there <= {*named}
    for name in there | {"python", "fonts"}:
        texts = [path.read_text("utf-8", "replace") for path in (tmp_path / "out" / name).iterdir()]
        assert any(len(text) > 400 for text in texts), name
    for name in licences.OF_QT & there:
        assert {"LGPL-3.0.txt", "GPL-3.0.txt", "NOTICE.txt"} <= {p.name for p in (tmp_path / "out" / name).iterdir()}


def test_what_only_builds_is_pinned_and_is_not_what_the_app_imports() -> None:
    assert not {name.replace("-", "_") for name in licences.BUILD_ONLY} & {name.split(".")[0] for name in imported()}
    assert PINNED >= licences.BUILD_ONLY


# -- with metadata made up here


def shipped_here(tmp_path: Path, *left_out: str) -> Path:
    """Metadata as an environment has it, of all that is pinned."""
    for name in sorted(PINNED - {*left_out}):
        info = tmp_path / f"{name.replace('-', '_')}-1.dist-info"
        (info / "licenses").mkdir(parents=True)
        (info / "METADATA").write_text(f"Name: {name}\nVersion: 1\nLicense: MIT\nAuthor: Somebody\n", encoding="utf-8")
        if name not in ("monocle", *licences.OF_QT):
            (info / "licenses" / "LICENSE").write_text(f"of {name}", encoding="utf-8")
    return tmp_path


def test_all_that_is_pinned_and_shipped_has_its_licence(tmp_path: Path) -> None:
    packages = shipped_here(tmp_path / "packages")
    out = tmp_path / "out"
    licences.write(out, tmp_path, packages)
    for name in LOCKED:
        assert list((out / name).glob("*")), name
    assert (out / "python" / "LICENSE.txt").stat().st_size > 1000
    assert len(list((out / "fonts").glob("OFL-*.txt"))) == 2
    listed = (out / "README.txt").read_text(encoding="utf-8")
    assert all(f"\n{name} 1: " in listed for name in LOCKED)


def test_qt_comes_with_the_lgpl_and_how_to_replace_it(tmp_path: Path) -> None:
    licences.write(tmp_path / "out", tmp_path, shipped_here(tmp_path / "packages"))
    for name in licences.OF_QT:
        texts = {path.name for path in (tmp_path / "out" / name).iterdir()}
        assert texts >= {"LGPL-3.0.txt", "GPL-3.0.txt", "NOTICE.txt"}
    assert "you may replace them" in (tmp_path / "out" / "shiboken6" / "NOTICE.txt").read_text(encoding="utf-8")


def test_a_part_without_a_text_of_its_licence_is_not_shipped(tmp_path: Path) -> None:
    info = tmp_path / "numpy-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: numpy\nVersion: 1\nLicense: Something\n", encoding="utf-8")
    with pytest.raises(LookupError, match="numpy brings no text"):
        licences.write(tmp_path / "out", tmp_path, tmp_path)


# -- libraries


@pytest.fixture
def with_libraries(tmp_path: Path) -> Path:
    """A frozen app with one library of each origin, and the licences of all."""
    inside = tmp_path / "frozen" / "_internal"
    for name in (
        "PySide6/Qt/lib/libicuuc.so.73",
        "PySide6/Qt/lib/libQt6Core.so.6",
        "numpy.libs/libscipy_openblas64_-1.so",
        "numpy.libs/libquadmath-1.so.0",
        "numpy/_core/_multiarray.so",
    ):
        (inside / name).parent.mkdir(parents=True, exist_ok=True)
        (inside / name).write_bytes(b"")
    packages = shipped_here(tmp_path / "packages")
    text = packages / "numpy-1.dist-info/licenses/LICENSE"
    text.write_text("numpy's. " * 100 + "Name: OpenBLAS\nName: libquadmath\n", encoding="utf-8")
    licences.write(tmp_path / "frozen/licences", tmp_path / "frozen", packages)
    return tmp_path / "frozen"


def test_each_library_has_a_licence_and_those_that_a_wheel_brings_are_named(with_libraries: Path) -> None:
    assert origins.without_licence(with_libraries) == []
    rows = (with_libraries / "licences/README.txt").read_text("utf-8").splitlines()
    assert "ICU: Unicode-DFS-2016, see pyside6-essentials" in rows
    assert "OpenBLAS: BSD-3-Clause, see numpy" in rows
    assert not any(row.startswith("libgfortran") for row in rows), "it is not in this one"
    assert "HarfBuzz (MIT)" in (with_libraries / "licences/pyside6-essentials/parts-of-Qt.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("library", "folder"),
    [
        ("numpy.libs/libsomething-1.so.2", ""),  # nobody has said what it is
        ("PySide6/Qt/lib/libavcodec.so.61", ""),
        ("libfrom_nowhere.so.1", ""),
        ("other/_module.so", ""),
        ("PySide6/Qt/lib/libicuuc.so.73", "pyside6-essentials/ICU.txt"),
        ("numpy.libs/libscipy_openblas64_-1.so", "numpy/LICENSE"),
        ("PySide6/Qt/lib/libQt6Core.so.6", "pyside6-essentials"),
    ],
)
@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="no Debian")
def test_a_library_of_unknown_origin_or_without_its_text_is_found(
    with_libraries: Path, library: str, folder: str
) -> None:
    place = with_libraries / "_internal" / library
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(b"")
    if folder:
        gone = with_libraries / "licences" / folder
        shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
    assert library in origins.without_licence(with_libraries)
