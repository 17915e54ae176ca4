"""The picture that workers paint together: each tile in the colour of its painter, and below it how much each painted.

Only new tiles are turned into colours, so the cost depends on what workers paint, not on the size of the picture."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent

from playground.reading.picture_tiles import Picture
from playground.reading.worker_name import worker_name
from ui.kit.drawing import box, width_of, write
from ui.kit.patterns import Pixels
from ui.kit.quantities import percent, whole
from ui.kit.theme import Theme, mix
from ui.runs.views.view import TEXT_NS, View, paint_hint

LEGEND = 24
GAP = 9
NOBODY = 8  # the row of colours after those of the eight slots
NOBODYS_PART = 0.75  # how strong the colour of unpainted tiles is


def colours(theme: Theme, slot: int) -> Pixels:
    """A row of colours, by brightness, for each slot of a worker and for nobody."""
    tops = [theme.worker(slot + worker) for worker in range(NOBODY)] + [mix(theme.track, theme.t3, NOBODYS_PART)]
    dark, bright = (np.array([_channels(color) for color in some]) for some in ([theme.track], tops))
    part = np.linspace(0.0, 1.0, 256)[None, :, None]
    mixed = np.rint(dark[:, None] + (bright - dark)[:, None] * part).astype(np.uint32)
    made: Pixels = np.uint32(0xFF000000) | mixed @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    return made


def _channels(color: str) -> list[int]:
    return [int(color[place : place + 2], 16) for place in (1, 3, 5)]


class PictureView(View):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "picture")
        self._colours: Pixels | None = None
        self.restart()

    def restart(self) -> None:
        self._pixels: Pixels = np.zeros((1, 1), np.uint32)
        self._image: QImage | None = None
        self._seen: npt.NDArray[np.uint64] = np.zeros(0, np.uint64)  # the words of the tiles that are on the image
        self._shares: list[tuple[int, float]] = []
        self._frame = 0
        self._told_at = 0
        self._colours = None
        self.say("")

    def rethemed(self) -> None:
        self._colours, self._image = None, None
        if self.run is not None:
            self._take_over()
        self.update()

    def look(self, now_ns: int) -> None:
        if self._take_over():
            self.update()
        if now_ns - self._told_at >= TEXT_NS and self._image is not None:
            self._told_at = now_ns
            self._count()

    def _take_over(self) -> bool:
        """Paints new tiles. Were there any?"""
        picture = self.run.reading.picture if self.run is not None else None
        if picture is None:
            return False
        if self._image is None:
            self._pixels = np.empty((picture.height, picture.width), np.uint32)
            self._image = QImage(
                self._pixels.data, picture.width, picture.height, picture.width * 4, QImage.Format.Format_RGB32
            )
            new = np.arange(picture.columns * picture.rows)
            self._seen = picture.tiles
        else:
            tiles = picture.tiles
            new = np.flatnonzero(tiles != self._seen)
            self._seen = tiles
        if len(new):
            self._paint_tiles(picture, new)
        return bool(len(new))

    def _paint_tiles(self, picture: Picture, tiles: npt.NDArray[np.int64]) -> None:
        if self._colours is None:
            self._colours = colours(self.theme, self.slot)
        owner = picture.owners_of(self._seen[tiles]).astype(np.int64)
        row = np.where(owner == 0, NOBODY, (owner - 1) % NOBODY)
        painted = self._colours[row[:, None, None], picture.pixels_of(tiles)]
        places = self._pixels.reshape(picture.rows, picture.tile, picture.columns, picture.tile)
        places[tiles // picture.columns, :, tiles % picture.columns] = painted

    def _count(self) -> None:
        assert self.run is not None
        picture = self.run.reading.picture
        if picture is None:
            return
        owners, counts = np.unique(picture.owners_of(self._seen), return_counts=True)
        painted = int(counts[owners > 0].sum())
        shares = [
            (int(owner) - 1, count / painted) for owner, count in zip(owners, counts.tolist(), strict=True) if owner
        ]
        if (shares, picture.frame) != (self._shares, self._frame):
            self._shares, self._frame = shares, picture.frame
            told = " · ".join(f"{worker_name(worker)} {percent(share)}" for worker, share in shares[:26])
            self.say(f"Picture, frame {whole(self._frame)}: {told}" if self._frame else "Picture, not begun")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._image is None:
            paint_hint(painter, self, "The picture is there once its workers start")
            return
        place = self.inside().adjusted(0, 0, 0, -self.px(LEGEND))
        bottom = self._paint_image(painter, place)
        self._paint_legend(painter, QRectF(place.left(), bottom, place.width(), self.px(LEGEND)))

    def _paint_image(self, painter: QPainter, room: QRectF) -> float:
        """Paints the image as large as there is room. Returns its lower edge."""
        assert self._image is not None
        scale = min(room.width() / self._image.width(), room.height() / self._image.height())
        ratio = self.devicePixelRatioF()
        width, height = (round(side * scale * ratio) for side in (self._image.width(), self._image.height()))
        less = max(1, self._image.width() // max(1, 2 * width))  # smoothing all pixels would be wasted
        image = self._image if less == 1 else self._thinned(less)
        shown = image.scaled(
            width, height, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        shown.setDevicePixelRatio(ratio)
        left = room.left() + (room.width() - width / ratio) // 2
        painter.drawImage(QPointF(left, room.top()), shown)
        return room.top() + height / ratio

    def _thinned(self, less: int) -> QImage:
        pixels = np.ascontiguousarray(self._pixels[::less, ::less])
        high, wide = pixels.shape
        return QImage(pixels.data, wide, high, wide * 4, QImage.Format.Format_RGB32).copy()

    def _paint_legend(self, painter: QPainter, room: QRectF) -> None:
        theme, px, face = self.theme, self.px, self.theme.font(11)
        line = room.adjusted(0, px(8), 0, 0)
        frame = f"frame {whole(self._frame)}" if self._frame else ""
        left, right = line.left(), line.right() - write(painter, line, (frame, face, theme.t3), "right") - px(GAP)
        for place, (worker, share) in enumerate(self._shares):
            words = f"{worker_name(worker)} {percent(share)}"
            rest = f"+ {whole(len(self._shares) - place)}"
            more = place + 1 < len(self._shares)
            width = px(12) + width_of(words, face)
            if left + width + (px(GAP) + width_of(rest, face) if more else 0) > right:
                write(painter, line.adjusted(left - line.left(), 0, 0, 0), (rest, face, theme.t3))
                return
            square = QRectF(left, round(line.center().y()) - px(4), px(8), px(8))
            box(painter, square, px(2), theme.worker(self.slot + worker), None)
            write(painter, QRectF(left + px(12), line.top(), width, line.height()), (words, face, theme.t2))
            left += width + px(GAP)
