"""How many tasks (threads and processes alike, as the kernel counts them) and how much memory the system still allows:
the limits of the whole system, of the user, and of each control group that this process is in, from its own up to the
root, v1 and v2. Only small files are read, and all processes are listed only near the user's limit: this is asked on
the UI thread."""

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
HUGE = 1 << 60  # bytes: v1 writes "no limit" as the largest number that it has


class Left(NamedTuple):
    """How much more is allowed, and the limit that says so."""

    more: int
    why: str


@dataclass(frozen=True)
class System:
    """The files in which the system states its limits; tests make up a root of their own."""

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
        """The number of all tasks in the system: `0.82 0.59 1.82 3/106 29560` says 106."""
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
        # root has no limit
        if soft == resource.RLIM_INFINITY or (self._linux and os.geteuid() == 0):
            return []
        return [Left(soft - self.own_tasks(soft), f"your limit of {soft} processes")]

    def own_tasks(self, limit: int) -> int:
        """The number of this user's tasks. While the whole system has far fewer tasks than `limit`, all of them count
        as the user's: only near the limit is it worth looking at each process."""
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
        """Bytes that this process may still take, for each control group with a limit. Inactive files in the page cache
        count as free: the kernel gives them up when needed."""
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
        """The folders of this process's group and of the groups above it, in each hierarchy with the controller."""
        for mount, inside in self._hierarchies(controller):
            folder = mount / inside.lstrip("/")
            while True:
                if folder.is_dir():  # in a container the path may be the host's, and only its root is visible
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
            if ".." in Path(inside).parts:  # outside of what is visible from here
                inside = "/"
            if not names:  # v2, mounted at the top or beside the v1 hierarchies
                yield (top / "unified" if (top / "unified").is_dir() else top), inside
            elif controller in names.split(","):
                yield (top / names if (top / names).is_dir() else top / controller), inside

    def _name(self, folder: Path) -> str:
        inside = folder.relative_to(self.root / "sys/fs/cgroup").parts
        return inside[-1] if inside and inside[-1] not in ("pids", "memory", "unified") else "of this container"


def _number(path: Path) -> int | None:
    """The number in a file; None if there is no file, or no limit (`max`)."""
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
