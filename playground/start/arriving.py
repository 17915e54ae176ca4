"""Shows packages as they arrive: runs the installer's command and prints a line for each package. On a terminal the
last line counts the megabytes that pip has so far. uv brings several at a time, and says when a large one has come."""

from __future__ import annotations

import contextlib
import queue
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple


def tell(text: str, end: str = "\n") -> None:
    print(text, end=end, file=sys.stderr, flush=True)


def package_of(word: str) -> str:
    """`numpy==2.4.6`, or a wheel that pip found in a folder, as `numpy 2.4.6`."""
    name, _, version = word.partition("==")
    return f"{name} {version}" if version else " ".join(Path(word).name.split("-")[:2])


class Said(NamedTuple):
    well: bool
    lines: list[str]


def carried_out(command: Sequence[str], environment: Mapping[str, str], folder: Path, shown: Arriving) -> Said:
    """Run the command and show what arrives. It starts in `folder`, one of ours, as -m imports what lies there."""
    # the installer, too, holds the lock of this start: so its files are not closed
    process = started(command, environment, folder, close_fds=False)
    try:
        said = _follow(process, shown)
    finally:
        _end(process)
    return Said(process.returncode == 0, said)


def started(
    command: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    start: Callable[..., subprocess.Popen[str]] = subprocess.Popen,
    **options: Any,
) -> subprocess.Popen[str]:
    """Start an installer that asks nothing. What it says, errors too, are lines of text."""
    return start(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=environment,
        cwd=folder,
        **options,
    )


def lines_of(process: subprocess.Popen[str], patience_s: float) -> Iterator[str | None]:
    """The lines of an installer as they come; None whenever it has said nothing for so long. They are read in a thread,
    so that nobody has to wait for the next one."""
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_read, args=(process, lines), name="what the installer says", daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=patience_s)
        except queue.Empty:
            yield None
            continue
        if line is None:
            return
        yield line


def _read(process: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
    """Pass on the lines; None is the end."""
    assert process.stdout is not None
    with contextlib.suppress(OSError), process.stdout:
        for line in process.stdout:
            lines.put(line.rstrip())
    lines.put(None)


def _follow(process: subprocess.Popen[str], shown: Arriving) -> list[str]:
    said = []
    for line in lines_of(process, patience_s=0.25):
        if line is None:
            shown.wait()
        else:
            said.append(line)
            shown.take(line)
    shown.end_line()
    return said


def _end(process: subprocess.Popen[str]) -> None:
    """Wait for a process that has ended, or that Ctrl+C has reached too: it gets a moment to tidy up, then it is
    killed."""
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Arriving:
    """Prints one line for each of `total` packages."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.begun = 0
        self.package = ""
        self.size = ""
        self.live = sys.stderr.isatty()

    def take(self, line: str) -> None:
        raise NotImplementedError

    def wait(self) -> None:
        """Called when the installer has said nothing for a while."""

    def begin(self, package: str, size: str = "") -> None:
        self.end_line()
        self.begun += 1
        self.package, self.size = package, size

    def end_line(self) -> None:
        if self.package:
            size = f", {self.size}" if self.size else ""
            tell(("\r\x1b[K" if self.live else "") + f"  [{self.begun}/{self.total}] {self.package}{size}")
            self.package = ""


class FromPip(Arriving):
    def __init__(self, total: int, downloads: Path) -> None:
        super().__init__(total)
        self.downloads = downloads

    def take(self, line: str) -> None:
        words = line.split()
        if line.startswith("Ignoring "):  # its marker excludes this system
            self.total -= 1
        elif line.startswith(("Collecting ", "Processing ")):
            self.begin(package_of(words[1]))
            self.wait()
        elif line.lstrip().startswith(("Downloading ", "Using cached ")) and not line.rstrip(")").endswith(".metadata"):
            size = re.search(r"\(([\d.]+ [kM]?B)\)", line)
            told = [size[1] if size else "", "kept from before" if "cached" in line else ""]
            self.size = ", ".join(filter(None, told))
        elif line.startswith("Installing collected"):
            self.end_line()
            tell(f"  unpacking {self.begun} packages …")
        elif line.lstrip().startswith("WARNING: Retrying"):
            self.end_line()
            tell("  no answer from the network, trying again …")

    def wait(self) -> None:
        if not self.live or not self.package:
            return
        arrived = 0.0
        with contextlib.suppress(FileNotFoundError):  # pip has just moved the file
            arrived = sum(path.stat().st_size for path in self.downloads.glob("pip-unpack-*/*.whl")) / 1e6
        part = f"  {arrived:.0f} MB" if arrived >= 1 else ""
        tell(f"\r\x1b[K  [{self.begun}/{self.total}] {self.package}{part}", end="")


class FromUv(Arriving):
    """uv names large packages as they come, and all of them once they are there."""

    def __init__(self, pins: Sequence[str]) -> None:
        super().__init__(len(pins))
        self.left = {pin.partition("==")[0]: pin for pin in pins}
        self.sizes: dict[str, str] = {}

    def take(self, line: str) -> None:
        if found := re.match(r"Resolved (\d+) package", line):
            self.total = int(found[1])  # the others are not for this system
        elif found := re.match(r" *Downloading (\S+) \(([\d.]+)([KM])iB\)", line):
            self.sizes[found[1]] = f"{found[2]} {found[3].replace('K', 'k')}B"
        elif (found := re.match(r" *(?:Downloaded|\+) ([^\s=]+)", line)) and found[1] in self.left:
            self.begin(package_of(self.left.pop(found[1])), self.sizes.get(found[1], ""))
            self.end_line()
