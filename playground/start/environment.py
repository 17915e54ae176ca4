"""Makes .venv: says what it will do, creates it, lets pip install the pinned wheels and shows each package as it comes,
all on stderr: stdout belongs to the figures of the run that may follow.

One start makes it at a time (a lock on a file beside it, which pip inherits, so that a killed start does not leave a
pip that the next one works against). The stamp is written last; whatever stops this before that, the next start sees no
stamp and begins again, with pip's own cache giving back what was downloaded."""

from __future__ import annotations

import contextlib
import os
import queue
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from playground.files.whole_file import try_lock, write_whole
from playground.start.own_environment import APP, Environment
from playground.start.start_trouble import Trouble, explained, log_of, no_disk

QT = "pyside6-essentials=="
MB_WITH_QT = (140, 550)  # to download, and the room it takes at most; measured on Linux x86-64
MB_WITHOUT_QT = (25, 160)
# Settings of the user's that would make pip install to another place, or say too little or too much.
ELSEWHERE = {"PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_QUIET", "PIP_VERBOSE", "PYTHONHOME", "PYTHONPATH"}


def make(environment: Environment) -> None:
    """Makes it ready, or raises Trouble with the command that mends what went wrong."""
    try:
        with only_start(environment.directory.with_suffix(".lock")):
            if not environment.is_ready() and not adopt(environment):
                install(environment)
    except KeyboardInterrupt:
        tell("\nStopped. The next start begins again; what was downloaded is kept.")
        raise SystemExit(130) from None
    except OSError as error:
        raise explained(str(error), environment.directory) from error


def install(environment: Environment) -> None:
    fresh = not is_whole(environment)
    if fresh:
        check_venv_module()
    announce(environment, fresh)
    check_disk(environment.directory, megabytes(environment.lock)[1] // (1 if fresh else 2))
    began = time.monotonic()
    if fresh:
        create(environment)
    for stamp in environment.directory.glob("made-from-*"):
        stamp.unlink()  # from here on an interruption means: begin again
    run_pip(environment)
    if environment.lock != APP.lock and set(pins(APP.lock)) <= set(pins(environment.lock)):
        write_stamp(Environment(environment.directory, APP.lock, APP.needed))
    write_stamp(environment)
    tell(f"Ready in {time.monotonic() - began:.0f} s.")


def tell(text: str, end: str = "\n") -> None:
    print(text, end=end, file=sys.stderr, flush=True)


def announce(environment: Environment, fresh: bool) -> None:
    download, disk = megabytes(environment.lock)
    tell(
        f"Concurrency Playground {'makes' if fresh else 'brings up to date'} its own Python environment, "
        f"{environment.directory}\n"
        f"  {len(pins(environment.lock))} packages, exactly as pinned in {environment.lock.name}; "
        f"up to {download} MB to download, {disk} MB of disk.\n"
        f"  Nothing outside this folder is installed. Ctrl+C stops it; the next start begins again."
    )


def megabytes(lock: Path) -> tuple[int, int]:
    return MB_WITH_QT if any(pin.startswith(QT) for pin in pins(lock)) else MB_WITHOUT_QT


def write_stamp(environment: Environment) -> None:
    write_whole(environment.stamp, environment.stamp_text().encode())


def pins(lock: Path) -> list[str]:
    """Its requirements without their hashes: `numpy==2.4.6`."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    return [line.split()[0] for line in lines if line[:1].isalpha()]


# --- what was there before ----------------------------------------------------------------------------------------


def is_whole(environment: Environment) -> bool:
    """Ours, finished once, and still standing on the interpreter it was made with: pip can bring it up to date."""
    stamps = list(environment.directory.glob("made-from-*")) if environment.is_ours() else []
    python = str(environment.python.resolve())
    return environment.python.exists() and any(read_first_line(stamp) == python for stamp in stamps)


def read_first_line(path: Path) -> str:
    return path.read_text(encoding="utf-8").split("\n", 1)[0]


def adopt(environment: Environment) -> bool:
    """One that somebody else made is used where it has what is needed, and set aside, never deleted, if not."""
    directory = environment.directory
    if not directory.exists() or environment.is_ours() or not any(directory.iterdir()):
        return False
    if has_needed(environment):
        return True
    names = (directory.with_name(f"{directory.name}-old-{n}") for n in range(1, 1000))
    aside = next(path for path in names if not path.exists())
    directory.rename(aside)
    tell(f"There was a {directory.name} that this app did not make and cannot use: it is now {aside.name}.")
    return False


def has_needed(environment: Environment) -> bool:
    question = "import sys; from importlib.util import find_spec; sys.exit(not all(map(find_spec, sys.argv[1:])))"
    try:
        line = [str(environment.python.absolute()), "-c", question, *environment.needed]
        return subprocess.run(line, cwd=environment.directory).returncode == 0
    except OSError:
        return False


# --- making -------------------------------------------------------------------------------------------------------


def check_venv_module() -> None:
    if find_spec("venv") is None or find_spec("ensurepip") is None:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise Trouble(
            f"This Python ({sys.executable}) comes without its venv module, which the first start needs.\n"
            f"Debian, Ubuntu: sudo apt install python{version}-venv\n"
            f"then start again: python3 main.py"
        )


def check_disk(directory: Path, needed_mb: int) -> None:
    free_mb = shutil.disk_usage(directory.parent).free // 1_000_000
    if free_mb < needed_mb:
        raise no_disk(f"{needed_mb} MB are needed, {free_mb} MB are free.", directory)


@contextlib.contextmanager
def only_start(path: Path) -> Iterator[None]:
    """Holds the lock; waits, and says so, while another start holds it. It ends with its holder, however that ends."""
    with path.open("a+b") as file:
        if not try_lock(file):
            tell("Another start is making the environment; waiting for it…")
            while not try_lock(file):
                time.sleep(0.2)
        if os.name != "nt":
            os.set_inheritable(file.fileno(), True)
        yield


def create(environment: Environment) -> None:
    directory = environment.directory
    if directory.exists():
        discard(directory)
    directory.mkdir()
    environment.sign.touch()
    tell(f"  creating {directory.name} …")
    command = [sys.executable, "-m", "venv", str(directory)]
    made = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, close_fds=False, cwd=directory
    )
    if made.returncode != 0:
        raise explained(made.stdout, directory)


def discard(directory: Path) -> None:
    """Out of the way in one step, so that an interruption does not leave one without the sign that it is ours."""
    rest = directory.with_name(f"{directory.name}-discarded")
    if rest.exists():
        shutil.rmtree(rest)
    directory.rename(rest)
    shutil.rmtree(rest)


def run_pip(environment: Environment) -> None:
    """One pip for all packages. Its temporary files go beside it, where their growth is the progress of a download."""
    downloads = environment.directory / "downloads"
    downloads.mkdir(exist_ok=True)
    command = [str(environment.python), "-m", "pip", "install", "--require-hashes", "--only-binary=:all:", "--no-input"]
    command += ["--disable-pip-version-check", "--progress-bar=off", "-r", str(environment.lock)]
    settings = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    settings |= {"TMPDIR": str(downloads), "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"}
    pip = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=settings,
        cwd=environment.directory,  # -m imports what lies in the folder that it is started in
        close_fds=False,  # pip holds the lock too
    )
    try:
        output = Progress(len(pins(environment.lock)), downloads).follow(pip)
    finally:
        end(pip)
    log_of(environment.directory).write_text("\n".join(output), encoding="utf-8")
    if pip.returncode != 0:
        raise explained("\n".join(output), environment.directory)
    shutil.rmtree(downloads, ignore_errors=True)


def end(pip: subprocess.Popen[str]) -> None:
    """It has ended, or Ctrl+C has reached it as well as us: a moment to put things away, then no more."""
    try:
        pip.wait(5)
    except subprocess.TimeoutExpired:
        pip.kill()
        pip.wait()


class Progress:
    """Turns pip's lines into one line per package; on a terminal the last line counts the megabytes as they come."""

    def __init__(self, total: int, downloads: Path) -> None:
        self.total = total
        self.downloads = downloads
        self.begun = 0
        self.package = ""
        self.size = ""
        self.live = sys.stderr.isatty()

    def follow(self, pip: subprocess.Popen[str]) -> list[str]:
        """Every line that pip said."""
        lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, args=(pip, lines), name="pip output", daemon=True).start()
        said: list[str] = []
        while True:
            try:
                line = lines.get(timeout=0.25)
            except queue.Empty:
                self._show_download()
                continue
            if line is None:
                self._finish_line()
                return said
            said.append(line)
            self._take(line)

    @staticmethod
    def _read(pip: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
        assert pip.stdout is not None
        with pip.stdout:
            for line in pip.stdout:
                lines.put(line.rstrip())
        lines.put(None)

    def _take(self, line: str) -> None:
        words = line.split()
        if line.startswith("Ignoring "):  # its marker says: not on this system
            self.total -= 1
        elif line.startswith(("Collecting ", "Processing ")):
            self._finish_line()
            self.begun += 1
            self.package, self.size = package_of(words[1]), ""
            self._show_download()
        elif line.lstrip().startswith(("Downloading ", "Using cached ")) and not line.rstrip(")").endswith(".metadata"):
            size = re.search(r"\(([\d.]+ [kM]?B)\)", line)
            told = [size[1] if size else "", "kept from before" if "cached" in line else ""]
            self.size = ", ".join(filter(None, told))
        elif line.startswith("Installing collected"):
            self._finish_line()
            self.package = ""
            tell(f"  unpacking {self.begun} packages …")
        elif line.lstrip().startswith("WARNING: Retrying"):
            self._finish_line()
            tell("  no answer from the network, trying again …")

    def _show_download(self) -> None:
        if not self.live or not self.package:
            return
        arrived = 0.0
        with contextlib.suppress(FileNotFoundError):  # pip has just put it away
            arrived = sum(path.stat().st_size for path in self.downloads.glob("pip-unpack-*/*.whl")) / 1e6
        part = f"  {arrived:.0f} MB" if arrived >= 1 else ""
        tell(f"\r\x1b[K  [{self.begun}/{self.total}] {self.package}{part}", end="")

    def _finish_line(self) -> None:
        if self.package:
            size = f", {self.size}" if self.size else ""
            tell(("\r\x1b[K" if self.live else "") + f"  [{self.begun}/{self.total}] {self.package}{size}")
            self.package = ""


def package_of(word: str) -> str:
    """`numpy==2.4.6`, or a wheel that pip found in a folder, as `numpy 2.4.6`."""
    name, _, version = word.partition("==")
    return f"{name} {version}" if version else " ".join(Path(word).name.split("-")[:2])
