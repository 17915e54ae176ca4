"""The whole computer: how busy its cores are (`/proc/stat`), how many connections were opened (`/proc/net/snmp`)."""

from __future__ import annotations

import os
from pathlib import Path

from tests.truth.series import Series


class Machine:
    def __init__(self) -> None:
        self.busy, self.opened = Series(), Series()
        self._ticks_per_s = os.sysconf("SC_CLK_TCK")

    def count(self, now: float) -> None:
        with open("/proc/stat") as file:
            fields = [int(word) for word in file.readline().split()[1:9]]  # user … steal; guest is a part of user
        self.busy.add(now, (sum(fields) - fields[3] - fields[4]) / self._ticks_per_s)
        lines = [line.split() for line in Path("/proc/net/snmp").read_text().splitlines() if line.startswith("Tcp:")]
        if len(lines) == 2:
            self.opened.add(now, float(lines[1][lines[0].index("ActiveOpens")]))

    def cores(self, start: float, end: float) -> float:
        return self.busy.grown(start, end) / (end - start)

    def opened_per_s(self, start: float, end: float) -> float:
        return self.opened.grown(start, end) / (end - start)
