"""An AppImage: a tree with what AppImage looks for in its root, behind the runtime that was meant."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import identity
import pytest
from kinds import appimage


@pytest.fixture
def frozen(icons: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(appimage, "ICONS", icons)
    folder = tmp_path / "dist" / identity.PROGRAM
    folder.mkdir(parents=True)
    (folder / identity.PROGRAM).write_text("#!/bin/sh\necho started\n")
    return folder


@pytest.mark.skipif(os.name != "posix", reason="an AppImage starts by a link, and is made on Linux alone")
def test_the_root_has_what_starts_an_entry_and_its_icon(frozen: Path, tmp_path: Path) -> None:
    root = appimage.lay_out(frozen, tmp_path / "tree")
    assert (root / "AppRun").read_text() == (frozen / identity.PROGRAM).read_text()
    entry = (root / f"{identity.COMMAND}.desktop").read_text("utf-8")
    (icon,) = (line.partition("=")[2] for line in entry.splitlines() if line.startswith("Icon="))
    assert (root / f"{icon}.png").read_bytes() == b"a picture"
    assert (root / ".DirIcon").read_bytes() == b"a picture"
    assert all(not path.readlink().is_absolute() for path in root.iterdir() if path.is_symlink())


def test_an_unknown_runtime_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "runtime"
    program.write_bytes(b"one")
    monkeypatch.setenv(appimage.PROGRAM, str(program))
    monkeypatch.setenv(appimage.SUM, hashlib.sha256(b"other").hexdigest())
    with pytest.raises(SystemExit, match="is not the runtime"):
        appimage.runtime()
    monkeypatch.setenv(appimage.SUM, hashlib.sha256(b"one").hexdigest())
    assert appimage.runtime() == b"one"
    monkeypatch.delenv(appimage.SUM)
    with pytest.raises(SystemExit, match=appimage.SUM):
        appimage.runtime()


@pytest.mark.skipif(shutil.which("mksquashfs") is None, reason="squashfs-tools are not installed")
def test_the_same_app_makes_the_same_file(frozen: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "runtime"
    program.write_bytes(b"\x7fELF and the rest")
    monkeypatch.setenv(appimage.PROGRAM, str(program))
    monkeypatch.setenv(appimage.SUM, hashlib.sha256(program.read_bytes()).hexdigest())
    made = []
    for made_at in (1_700_000_000, 1_800_000_000):
        os.utime(frozen / identity.PROGRAM, (made_at, made_at))
        made.append(appimage.build(frozen, frozen.parent).read_bytes())
    assert made[0] == made[1]
    assert made[0].startswith(program.read_bytes() + b"hsqs")
    assert sorted(path.suffix for path in frozen.parent.iterdir()) == ["", ".AppImage"]
