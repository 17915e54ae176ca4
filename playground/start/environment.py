"""Makes .venv: says what it will do, creates it, has the pinned wheels installed and shows each package as it comes.
All of that goes to stderr, as stdout belongs to the figures of the run that may follow. If uv is on PATH it installs
them, in seconds. If uv fails pip tries, so that every failure is reported in the same words.

One start makes it at a time: it locks a file beside it. The installer inherits that lock, so that the next start does
not work against the installer of a killed one. The stamp is written last: after any interruption before that, the next
start sees no stamp and begins again, and the installer's own cache gives back what was downloaded."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from playground.files.on_path import which
from playground.files.whole_file import try_lock, write_whole
from playground.start import arriving
from playground.start.arriving import FromPip, FromUv, tell
from playground.start.own_environment import APP, Environment
from playground.start.start_trouble import AGAIN, Trouble, explained, log_of, no_disk

QT = "pyside6-essentials=="
MB_WITH_QT = (140, 550)  # to download, and the room it takes at most; measured on Linux x86-64
MB_WITHOUT_QT = (25, 160)
# The user's settings that would make pip install elsewhere, or say too little or too much.
ELSEWHERE = {"PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_QUIET", "PIP_VERBOSE", "PYTHONHOME", "PYTHONPATH"}
ELSEWHERE |= {"UV_NO_VERIFY_HASHES"}

# A user who has told pip where packages are, or how to reach them, gets pip: uv does not read these settings.
PLACES_OF_PIP = {"INDEX_URL", "EXTRA_INDEX_URL", "NO_INDEX", "FIND_LINKS", "CONFIG_FILE", "PROXY", "CERT"}
PINNED = ("--require-hashes", "--only-binary=:all:")


def make(environment: Environment) -> None:
    """Makes the environment ready, or raises Trouble with the command that mends what went wrong."""
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
    uv = find_uv()
    if uv is None or not by_uv(uv, environment, fresh):
        by_pip(environment, fresh)
    if environment.lock != APP.lock and set(pins(APP.lock)) <= set(pins(environment.lock)):
        write_stamp(Environment(environment.directory, APP.lock, APP.needed))
    write_stamp(environment)
    tell(f"Ready in {time.monotonic() - began:.0f} s.")


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
    """The requirements in a lock file, without their hashes: `numpy==2.4.6`."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    return [line.split()[0] for line in lines if line[:1].isalpha()]


# --- what was there before ----------------------------------------------------------------------------------------


def is_whole(environment: Environment) -> bool:
    """Is it ours, finished once, and still on the interpreter it was made with? Then pip can bring it up to date."""
    stamps = list(environment.directory.glob("made-from-*")) if environment.is_ours() else []
    made_with = (stamp.read_text(encoding="utf-8").split("\n", 1)[0] for stamp in stamps)
    return environment.python.exists() and str(environment.python.resolve()) in made_with


def adopt(environment: Environment) -> bool:
    """Use an environment that somebody else made, if it has what is needed; else set it aside. It is never deleted."""
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
            f"Debian, Ubuntu: sudo apt install python{version}-venv\n{AGAIN}"
        )


def check_disk(directory: Path, needed_mb: int) -> None:
    free_mb = shutil.disk_usage(directory.parent).free // 1_000_000
    if free_mb < needed_mb:
        raise no_disk(f"{needed_mb} MB are needed, {free_mb} MB are free.", directory)


@contextlib.contextmanager
def only_start(path: Path) -> Iterator[None]:
    """Holds the lock; waits, and says so, while another start holds it. The lock ends with its holder, however the
    holder ends."""
    with path.open("a+b") as file:
        if not try_lock(file):
            tell("Another start is making the environment; waiting for it…")
            while not try_lock(file):
                time.sleep(0.2)
        if os.name != "nt":
            os.set_inheritable(file.fileno(), True)
        yield


def create(environment: Environment, *options: str) -> None:
    directory = environment.directory
    if directory.exists():
        discard(directory)
    directory.mkdir()
    environment.sign.touch()
    tell(f"  creating {directory.name} …")
    command = [sys.executable, "-m", "venv", *options, str(directory)]
    made = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, close_fds=False, cwd=directory
    )
    if made.returncode != 0:
        raise explained(made.stdout, directory)


def discard(directory: Path) -> None:
    """Move the environment away in one step, then delete it: an interruption leaves none without the sign that it is
    ours."""
    rest = directory.with_name(f"{directory.name}-discarded")
    if rest.exists():
        shutil.rmtree(rest)
    directory.rename(rest)
    shutil.rmtree(rest)


def open_again(environment: Environment) -> None:
    """Remove the stamps: from here on an interruption means that the next start begins again."""
    for stamp in environment.directory.glob("made-from-*"):
        stamp.unlink()


def by_pip(environment: Environment, fresh: bool) -> None:
    """Install all packages with one pip. Its temporary files go into the environment, where their growth shows the
    progress of a download."""
    if fresh:
        create(environment)
    open_again(environment)
    downloads = environment.directory / "downloads"
    downloads.mkdir(exist_ok=True)
    command = [str(environment.python), "-m", "pip", "install", *PINNED, "--no-input", "--disable-pip-version-check"]
    command += ["--progress-bar=off", "-r", str(environment.lock)]
    own = {"TMPDIR": str(downloads), "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"}
    shown = FromPip(len(pins(environment.lock)), downloads)
    done = arriving.carried_out(command, variables() | own, environment.directory, shown)
    log_of(environment.directory).write_text("\n".join(done.lines), encoding="utf-8")
    if not done.well:
        raise explained("\n".join(done.lines), environment.directory)
    shutil.rmtree(downloads, ignore_errors=True)


def variables() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in ELSEWHERE}


# --- uv -----------------------------------------------------------------------------------------------------------


def find_uv() -> str | None:
    return None if any(f"PIP_{name}" in os.environ for name in PLACES_OF_PIP) else which("uv")


def by_uv(uv: str, environment: Environment, fresh: bool) -> bool:
    """Install all packages with uv; gives whether all of them are there. pip itself, which later installs what single
    models need, comes from the wheel that Python brings: that saves the seconds in which venv would put it there."""
    if fresh:
        create(environment, "--without-pip")
    open_again(environment)
    command = [uv, "pip", "install", "--python", str(environment.python), "--color=never"]
    pip = ["--no-index", *(f"--find-links={place}" for place in places_of_wheels()), "pip"]
    shown = FromUv(pins(environment.lock))
    for words in ([pip] if fresh else []) + [[*PINNED, "-r", str(environment.lock)]]:
        done = arriving.carried_out([*command, *words], variables(), environment.directory, shown)
        log_of(environment.directory).write_text("\n".join(done.lines), encoding="utf-8")
        if not done.well:
            tell("  uv could not install them, pip tries:")
            return False
    return has_needed(environment)


def places_of_wheels() -> list[Path]:
    """The folders with this Python's wheel of pip; Debian keeps them in a package of its own."""
    spec = find_spec("ensurepip")
    named = [sysconfig.get_config_var("WHEEL_PKG_DIR"), *(spec.submodule_search_locations or [] if spec else [])]
    return [
        place for name in named if name for place in (Path(name), Path(name) / "_bundled") if any(place.glob("*.whl"))
    ]
