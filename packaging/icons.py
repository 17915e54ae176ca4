"""The app's icon as files, from the one drawing that the window shows too (resources/icons/app.svg):

python packaging/icons.py OUT

PNG in all sizes that desktops ask for, .ico for Windows and .icns for macOS. Both of these are lists of PNG pictures.
The same drawing gives the same bytes. It needs a Python that has PySide6."""

from __future__ import annotations

import os
import shutil
import struct
import sys
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

DRAWING = Path(__file__).resolve().parent.parent / "resources" / "icons" / "app.svg"
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
ICO = (16, 24, 32, 48, 64, 128, 256)
SETUP, SETUP_GROUND = (164, 314), "#e9edf2"  # as large as NSIS wants it
ICNS = {  # by Apple's names of the sizes; ic11 to ic14 are for screens with twice the pixels
    b"icp4": 16, b"icp5": 32, b"icp6": 64, b"ic07": 128, b"ic08": 256, b"ic09": 512, b"ic10": 1024,
    b"ic11": 32, b"ic12": 64, b"ic13": 256, b"ic14": 512,
}  # fmt: skip


def write(out: Path) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(DRAWING, out / "app.svg")
    pictures = {size: drawn(size) for size in sorted({*SIZES, *ICO, *ICNS.values()})}
    for size in SIZES:
        (out / f"{size}.png").write_bytes(pictures[size])
    beside_setup().save(str(out / "setup.bmp"), "BMP")  # type: ignore[call-overload]
    (out / "app.ico").write_bytes(ico({size: pictures[size] for size in ICO}))
    (out / "app.icns").write_bytes(icns({name: pictures[size] for name, size in ICNS.items()}))


def drawn(size: int) -> bytes:
    """The drawing as a PNG of that width and height."""
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(DRAWING)).render(painter)
    painter.end()
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(held.data())


def beside_setup() -> QImage:
    """The picture at the side of the last page of Windows' installer: NSIS has one of its own otherwise."""
    image = QImage(*SETUP, QImage.Format.Format_RGB888)
    image.fill(QColor(SETUP_GROUND))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = SETUP[0] // 2
    QSvgRenderer(str(DRAWING)).render(painter, QRectF((SETUP[0] - side) / 2, side / 2, side, side))
    painter.end()
    return image


def ico(pictures: dict[int, bytes]) -> bytes:
    """A head, a row for each picture (256 is written as 0), the pictures."""
    head, rows, at = struct.pack("<HHH", 0, 1, len(pictures)), b"", 6 + 16 * len(pictures)
    for size, png in pictures.items():
        rows += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(png), at)
        at += len(png)
    return head + rows + b"".join(pictures.values())


def icns(pictures: dict[bytes, bytes]) -> bytes:
    """A head with the length of all, then for each picture its name, its length with these eight bytes, and itself."""
    parts = b"".join(name + struct.pack(">I", 8 + len(png)) + png for name, png in pictures.items())
    return b"icns" + struct.pack(">I", 8 + len(parts)) + parts


if __name__ == "__main__":
    write(Path(sys.argv[1]))
