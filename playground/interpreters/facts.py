"""What a Python says of itself: which one it is, and whether it has a GIL."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class InterpreterFacts:
    path: str = ""
    version: str = ""
    implementation: str = ""
    free_threaded: bool = False  # can its GIL be off?
    gil_enabled: bool = True  # now: an import may turn it back on while a lab runs
    gil_back_by: str = ""  # the package that turned it on again
    gil_enabled_at_end: bool | None = None  # of a run: an import may have turned it back on; None until it has ended

    @property
    def short(self) -> str:
        """`CPython 3.11`, followed by `free-threaded` if that is its build."""
        number = ".".join(self.version.split(".")[:2])
        return f"{self.implementation} {number}{' free-threaded' if self.free_threaded else ''}".strip()
