"""A lab's traceback in one sentence: who raised what, and in which line of the user's code. In a chain of exceptions
the last one counts, in a group the last member: the traceback ends there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playground.lab.recording.own_module import LEFT
from playground.recipe.own_code import error_line

TRACEBACK = "Traceback (most recent call last):"
WORKER = re.compile(r"worker (\S+) raised:$")
MOST = 200  # characters of the message; a longer one would leave a verdict no room for its reason
IN_GROUP = re.compile(r"^ *(\| ?|\+[-+ ]*)")  # the margin before each line of a group's member


@dataclass(frozen=True)
class Raised:
    worker: str  # its name; empty if the user's module or the lab raised it
    what: str  # "ZeroDivisionError: division by zero"
    line: int | None  # in the user's code

    @property
    def in_short(self) -> str:
        """ZeroDivisionError: division by zero. Or: called sys.exit(3)."""
        return f"called {self.what.removeprefix(LEFT)}" if self.what.startswith(LEFT) else self.what

    def sentence(self, bold: bool = False) -> str:
        """Worker A raised ZeroDivisionError: division by zero, in line 3 of your code."""
        who = f"Worker {self.worker}" if self.worker else "The lab" if self.line is None else "Your code"
        verb, what = ("called", self.what.removeprefix(LEFT)) if self.what.startswith(LEFT) else ("raised", self.what)
        where = "" if self.line is None else f", in line {self.line}"
        mark, of = "**" if bold else "", " of your code" if where and self.worker else ""
        return f"{who} {verb} {mark}{what}{mark}{where}{of}."


def raised(error: str) -> Raised | None:
    """What a traceback says; None if the text has none."""
    lines = error.rstrip().splitlines()
    whose = WORKER.match(lines[0]) if lines else None
    line = error_line(error)
    what = _below_the_frames(lines[1:] if whose else lines)
    if what is None or (whose is None and line is None and TRACEBACK not in error):
        return None
    short = what if len(what) <= MOST else f"{what[: MOST - 1]}…"
    return Raised(whose[1] if whose else "", short, line)


def _below_the_frames(lines: list[str]) -> str | None:
    """The line below the frames of the last traceback. A syntax error has no traceback, only its place."""
    plain = [IN_GROUP.sub("", line) for line in lines]
    begins = [place + 1 for place, line in enumerate(plain) if line.endswith(TRACEBACK)]
    below = plain[begins[-1] :] if begins else plain
    return next((line for line in below if not line.startswith(" ")), None)
