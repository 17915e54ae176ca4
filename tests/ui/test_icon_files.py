"""The icon as files: each size is drawn, and the lists of Windows and macOS are read back as they say."""

from __future__ import annotations

import struct
from pathlib import Path

import icons
import pytest
from PySide6.QtGui import QImage, QImageReader
from pytestqt.qtbot import QtBot


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("icons")
    icons.write(folder)
    return folder


@pytest.mark.parametrize("size", icons.SIZES)
def test_a_picture_of_each_size(made: Path, size: int, qtbot: QtBot) -> None:
    picture = QImage(str(made / f"{size}.png"))
    assert (picture.width(), picture.height()) == (size, size)
    assert picture.pixelColor(0, 0).alpha() < 128  # round corners
    assert picture.pixelColor(size // 2, size // 12).name() == "#131619"
    assert picture.pixelColor(size * 20 // 100, size * 27 // 100).name() == "#58c4f2"


def test_windows_finds_all_sizes(made: Path) -> None:
    reader = QImageReader(str(made / "app.ico"))
    found = []
    for number in range(reader.imageCount()):
        reader.jumpToImage(number)
        found.append(reader.read().width())
    assert sorted(found) == [*icons.ICO]


def test_macos_finds_all_sizes(made: Path) -> None:
    whole = (made / "app.icns").read_bytes()
    assert whole[:4] == b"icns"
    assert struct.unpack(">I", whole[4:8]) == (len(whole),)
    at, found = 8, {}
    while at < len(whole):
        name, length = struct.unpack(">4sI", whole[at : at + 8])
        found[name] = QImage.fromData(whole[at + 8 : at + length]).width()
        at += length
    assert found == icons.ICNS


def test_the_same_drawing_gives_the_same_bytes(made: Path, tmp_path: Path) -> None:
    icons.write(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        path.name: path.read_bytes() for path in made.iterdir()
    }
