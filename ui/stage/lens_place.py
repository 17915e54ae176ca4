"""The place of the lens: set by hand, or following the live edge in steps slow enough to be read."""

from __future__ import annotations

from dataclasses import dataclass

from ui.stage.time_window import MS, Frame

LENGTH_NS = 100 * MS


@dataclass
class LensPlace:
    """The place of the lens: where it begins, and whether somebody put it there."""

    start: int | None = None
    placed: bool = False

    def put(self, start: int) -> None:
        self.start, self.placed = start, True

    def release(self) -> None:
        self.start, self.placed = None, False

    def follow(self, frame: Frame, live: bool, ended: int | None = None, began: int | None = None) -> bool:
        """Moves a lens that was not put anywhere: near the live edge, where it stays for as long as it takes to read.
        True if it moved. For a young or short run it shows what there is, not the time before the run."""
        if self.placed and self.start is not None and (not live or self.start + LENGTH_NS > frame.left_ns):
            return False
        span = frame.right_ns - frame.left_ns
        edge = min(frame.right_ns, frame.now_ns)
        newest, patience = min(1_000 * MS, span // 4), min(2_500 * MS, span // 3)
        if ended is not None and ended < edge - newest:  # the end of the run
            start = ended - LENGTH_NS
            moved, self.start, self.placed = start != self.start, start, False
            return moved
        if began is not None and self.start is not None and self.start + LENGTH_NS <= began:
            if ended is not None:  # a short run: its middle
                self.start = max(began, (max(began, frame.left_ns) + ended - LENGTH_NS) // 2)
                return True
            patience = 0 if edge - newest - LENGTH_NS >= began else patience
        if not live and self.start is not None:
            if frame.left_ns - LENGTH_NS < self.start < frame.right_ns:
                return False
        elif self.start is not None and edge - self.start < newest + LENGTH_NS + patience:
            return False
        self.start, self.placed = edge - newest - LENGTH_NS, False
        return True
