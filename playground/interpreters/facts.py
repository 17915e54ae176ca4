"""What a Python says of itself: which it is, and how it has its GIL."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class InterpreterFacts:
    path: str = ""
    version: str = ""
    implementation: str = ""
    free_threaded: bool = False
    gil_enabled: bool = True  # now: a lab may get it back while it runs
    gil_back_by: str = ""  # the package that turned it on again
    gil_enabled_at_end: bool | None = None  # of a run: an import may have turned it back on; None until it has ended

    @property
    def short(self) -> str:
        """`CPython 3.11`, with `free-threaded` where it is."""
        number = ".".join(self.version.split(".")[:2])
        return f"{self.implementation} {number}{' free-threaded' if self.free_threaded else ''}".strip()
