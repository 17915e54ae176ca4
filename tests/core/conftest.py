"""Fixtures of the core's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.core.labs import forget_added, made_of


@pytest.fixture
def icons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The app's icons for packages of these tests, as the real ones need Qt."""
    from linux import desktop_files

    folder = tmp_path / "icons"
    folder.mkdir()
    (folder / "256.png").write_bytes(b"a picture")
    (folder / "app.svg").write_text("<svg/>")
    monkeypatch.setattr(desktop_files, "ICONS", folder)
    return folder


@pytest.fixture
def changed_lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Labs of this test know more jobs, or other sources of a file."""

    def make(file: str = "", instead: tuple[str, str] = ("", ""), **jobs: str) -> None:
        place = made_of(tmp_path, monkeypatch, **jobs)
        if file:
            path = place / "playground" / "lab" / file
            text = path.read_text(encoding="utf-8")
            assert instead[0] in text
            path.write_text(text.replace(*instead), encoding="utf-8")

    yield make
    monkeypatch.undo()
    forget_added()
