"""A knob: one number or choice of a recipe that jobs, models and the lab itself declare, with its range."""

from __future__ import annotations

from typing import NamedTuple, Optional, Tuple, Union  # Python 3.8 reads these at run time


class Knob(NamedTuple):
    name: str
    title: str
    default: Union[float, int, str]
    low: float = 0.0
    high: float = 0.0
    choices: Tuple[str, ...] = ()
    unit: str = ""
    live: bool = False  # takes effect while a run is running

    def problem(self, value: object) -> Optional[str]:
        """Why `value` is not allowed, or None."""
        if self.choices:
            return None if value in self.choices else f"is {value!r}; allowed: {', '.join(self.choices)}"
        whole = isinstance(self.default, int)
        if not isinstance(value, (int, float)) or isinstance(value, bool) or (whole and value % 1):
            return f"is {value!r}; allowed: a {'whole ' if whole else ''}number, {self.range}"
        if not self.low <= value <= self.high:
            return f"is {as_given(value)}; allowed: {self.range}"
        return None

    def taken(self, value: Union[float, int, str]) -> Union[float, int, str]:
        """An allowed value as the lab gets it: 4.0 is as good as 4 where whole numbers are meant."""
        return int(value) if isinstance(self.default, int) and isinstance(value, float) else value

    @property
    def range(self) -> str:
        return f"{self.low:g} to {self.high:g}{' ' + self.unit if self.unit else ''}"


def as_given(value: Union[float, int]) -> str:
    """A number for a message. One of hundreds of digits fits into no message, and into no float."""
    if isinstance(value, float):
        return f"{value:g}"
    digits = int(value.bit_length() * 0.30103) + 1
    return str(value) if digits < 20 else f"a number of {digits} digits"


SWITCH_INTERVAL = Knob("switch_interval", "Switch interval", 0.005, 0.00001, 1.0, unit="s", live=True)
PROBE_RATE = Knob("probe_rate", "GIL probe", 1000, 100, 10000, unit="Hz", live=True)
STAMPS = Knob("stamps", "Record each op", "on", choices=("on", "off"), live=True)
YIELDS = Knob("yields", "Yields", "when it waits", choices=("when it waits", "after each call"))
POOL_SIZE = Knob("pool_size", "Pool size", 4, 1, 512)
GIL = Knob("gil", "GIL", "default", choices=("default", "on", "off"))  # off: a free-threaded Python only
EVERY_RUN = (SWITCH_INTERVAL, PROBE_RATE, STAMPS, GIL)
