"""What the system lets this app start and hold: tasks (threads and processes alike, as the kernel counts them) and
memory, of the whole system, of the user, and of each control group that this process is in, from its own up to the
root, v1 and v2. Only small files are read, and no list of all processes is made: this is asked on the UI thread."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from playground.lab.wire.knob import spaced

ROOT = Path("/")
HUGE = 1 << 60  # bytes: v1 says "no limit" by a number as large as there are


class Left(NamedTuple):
    """How much more there may be, and what says so."""

    more: int
    why: str


@dataclass(frozen=True)
class System:
    """Where the system tells what it allows; tests make one up."""

    root: Path = ROOT
    platform: str = sys.platform

    # -- tasks

    def tasks(self) -> list[Left]:
        """How many more threads or processes may start, for each limit that there is."""
        return [*self._of_system(), *self._of_groups(), *self._of_user()] if self._linux else self._of_user()

    @property
    def _linux(self) -> bool:
        return self.platform.startswith("linux")

    def _of_system(self) -> Iterator[Left]:
        running = self.running()
        for name in ("threads-max", "pid_max"):
            most = _number(self.root / "proc/sys/kernel" / name)
            if most is not None and running is not None:
                yield Left(most - running, f"the system's limit of {most} tasks")

    def running(self) -> int | None:
        """All tasks that there are: `0.82 0.59 1.82 3/106 29560` says 106."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            return int((self.root / "proc/loadavg").read_text().split()[3].partition("/")[2])
        return None

    def _of_groups(self) -> Iterator[Left]:
        for folder in self._groups("pids"):
            most, running = _number(folder / "pids.max"), _number(folder / "pids.current")
            if most is not None and running is not None:
                yield Left(most - running, f"the limit of {most} tasks of the group {self._name(folder)}")

    def _of_user(self) -> list[Left]:
        try:
            import resource
        except ImportError:  # Windows has no such limit
            return []
        soft, _ = resource.getrlimit(resource.RLIMIT_NPROC)
        # Root is held to none, nor is any limit reached that is larger than what the whole system runs.
        if soft == resource.RLIM_INFINITY or (self._linux and os.geteuid() == 0):
            return []
        return [Left(soft - self.own_tasks(soft), f"your limit of {soft} processes")]

    def own_tasks(self, limit: int) -> int:
        """Tasks of this user. While all tasks that there are stay far below the limit, they are taken for the user's:
        only near it is it worth looking at each process."""
        every = self.running() if self._linux else None
        if every is not None and every < limit // 2:
            return every
        return self._counted_tasks()

    def _counted_tasks(self) -> int:
        own, count = os.getuid(), 0
        with contextlib.suppress(OSError):
            for entry in os.scandir(self.root / "proc"):
                if entry.name.isdigit():
                    with contextlib.suppress(OSError):  # it has just ended
                        if entry.stat().st_uid == own:
                            count += Path(entry.path, "task").stat().st_nlink - 2  # a folder for each task
        return count

    # -- memory

    def memory(self) -> list[Left]:
        """Bytes that groups leave this process, beyond what they hold; files in the page cache can be given up."""
        return list(self._of_memory_groups()) if self._linux else []

    def _of_memory_groups(self) -> Iterator[Left]:
        for folder in self._groups("memory"):
            for most_name, now_name, spare_name in (
                ("memory.max", "memory.current", "inactive_file"),
                ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
            ):
                most, now = _number(folder / most_name), _number(folder / now_name)
                if most is not None and now is not None and most < HUGE:
                    spare = _field(folder / "memory.stat", spare_name)
                    yield Left(
                        most - max(0, now - spare),
                        f"the group {self._name(folder)} may have {spaced(round(most / 1e6))} MB",
                    )

    # -- control groups

    def _groups(self, controller: str) -> Iterator[Path]:
        """The folders of this process's group and of all above it, in each hierarchy that has the controller."""
        for mount, inside in self._hierarchies(controller):
            folder = mount / inside.lstrip("/")
            while True:
                if folder.is_dir():  # in a container the path may be one of the host, of which only the root is seen
                    yield folder
                if folder == mount:
                    break
                folder = folder.parent

    def _hierarchies(self, controller: str) -> Iterator[tuple[Path, str]]:
        top = self.root / "sys/fs/cgroup"
        try:
            lines = (self.root / "proc/self/cgroup").read_text().splitlines()
        except OSError:
            return
        for line in lines:
            _, _, rest = line.partition(":")
            names, _, inside = rest.partition(":")
            if ".." in Path(inside).parts:  # outside of what is seen from here
                inside = "/"
            if not names:  # v2, at the top or beside those of v1
                yield (top / "unified" if (top / "unified").is_dir() else top), inside
            elif controller in names.split(","):
                yield (top / names if (top / names).is_dir() else top / controller), inside

    def _name(self, folder: Path) -> str:
        inside = folder.relative_to(self.root / "sys/fs/cgroup").parts
        return inside[-1] if inside and inside[-1] not in ("pids", "memory", "unified") else "of this container"


def _number(path: Path) -> int | None:
    """None where there is none, or no limit (`max`)."""
    with contextlib.suppress(OSError, ValueError):
        return int(path.read_text())
    return None


def _field(path: Path, name: str) -> int:
    with contextlib.suppress(OSError, ValueError):
        for line in path.read_text().splitlines():
            key, _, value = line.partition(" ")
            if key == name:
                return int(value)
    return 0
