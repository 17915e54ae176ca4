"""Whatever the packages are made of has its licence in them: its name, and a text."""

from __future__ import annotations

import re
import shutil
import sysconfig
from pathlib import Path

import licences
import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements-packaging.lock").read_text(encoding="utf-8")
LOCKED = {*re.findall(r"(?m)^([\w.-]+)==", LOCK)} - licences.BUILD_ONLY


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


def test_one_without_a_text_stops_the_build(packages: Path, tmp_path: Path) -> None:
    info = packages / "cffi-0.dist-info"  # of a name that is pinned; only those count
    info.mkdir()
    (info / "METADATA").write_text("Name: cffi\nVersion: 0\nLicense: Apache-2.0\n")
    with pytest.raises(LookupError, match="cffi"):
        licences.write(tmp_path / "out", tmp_path / "frozen", packages)
