"""A knob: one number or choice of a recipe that jobs, models and the lab itself declare, with its range."""

from __future__ import annotations

from typing import Callable, NamedTuple, Optional, Tuple, Union  # Python 3.8 reads these at run time


class Knob(NamedTuple):
    name: str
    title: str
    default: Union[float, int, str]
    low: float = 0.0
    high: float = 0.0
    choices: Tuple[str, ...] = ()
    unit: str = ""
    live: bool = False  # takes effect while a run is running
    text: str = ""  # what it does, in a sentence

    def problem(self, value: object, quoted: Callable[[str], str] = repr) -> Optional[str]:
        """Why `value` is not allowed, or None. `quoted` makes a wrong text fit into the words."""
        given = as_given(value) if _is_number(value) else quoted(str(value))  # type: ignore[arg-type]
        if self.choices:
            return None if value in self.choices else self._not("one of " + ", ".join(self.choices), given)
        whole = isinstance(self.default, int)
        if not _is_number(value) or (whole and value % 1):  # type: ignore[operator]
            return self._not("a %snumber, %s" % ("whole " if whole else "", self.range), given)
        if not self.low <= value <= self.high:  # type: ignore[operator]
            return self._not(self.range, given)
        return None

    def _not(self, allowed: str, given: str) -> str:
        """`Nap (nap) must be 0.0001 to 10 s, not 99.`: people know the title, files and command lines the name."""
        return "%s (%s) must be %s, not %s." % (self.title, self.name, allowed, given)

    def taken(self, value: Union[float, int, str]) -> Union[float, int, str]:
        """An allowed value as the lab gets it: 4.0 is as good as 4 where whole numbers are meant."""
        return int(value) if isinstance(self.default, int) and isinstance(value, float) else value

    @property
    def allowed(self) -> str:
        return ", ".join(self.choices) or self.range

    @property
    def range(self) -> str:
        return f"{spaced(self.low)} to {spaced(self.high)}{' ' + self.unit if self.unit else ''}"


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def as_given(value: Union[float, int]) -> str:
    """A number for a message. One of hundreds of digits fits into no message, and into no float."""
    if isinstance(value, float):
        return spaced(value) if 1e-6 < abs(value) < 1e12 or not value else f"{value:g}"
    digits = int(value.bit_length() * 0.30103) + 1
    return spaced(value) if digits < 20 else f"a number of {digits} digits"


def spaced(number: Union[float, int]) -> str:
    """1 000 000 and 0.00001: never 1e+06."""
    words = f"{number:,.6f}" if isinstance(number, float) else f"{number:,}"
    return (words.rstrip("0").rstrip(".") if "." in words else words).replace(",", " ")


SWITCH_INTERVAL = Knob(
    "switch_interval",
    "Switch interval",
    0.005,
    0.00001,
    1.0,
    unit="s",
    live=True,
    text="How long a thread may keep the GIL while another waits for it",
)
PROBE_RATE = Knob(
    "probe_rate",
    "GIL probe",
    1000,
    100,
    10000,
    unit="Hz",
    live=True,
    text="How often it is checked who holds the GIL: more often is finer, and costs more of a core",
)
STAMPS = Knob(
    "stamps",
    "Record each op",
    "on",
    choices=("on", "off"),
    live=True,
    text="Off leaves out the records of single ops: less is known, and watching costs less",
)
YIELDS = Knob(
    "yields",
    "Yields",
    "when it waits",
    choices=("when it waits", "after each call"),
    text="When a worker lets the others go on: where it waits, or after each piece of work too",
)
POOL_SIZE = Knob(
    "pool_size", "Pool size", 4, 1, 512, text="How many threads, processes or interpreters the pool has for all tasks"
)
GIL = Knob(
    "gil",
    "GIL",
    "default",
    choices=("default", "on", "off"),
    text="Whether a free-threaded Python runs with its GIL; other builds always have one",
)  # off: a free-threaded Python only
EVERY_RUN = (SWITCH_INTERVAL, PROBE_RATE, STAMPS, GIL)
