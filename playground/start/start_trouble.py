"""What can go wrong before the window is there, in words the user can act on: every message ends with the command that
mends it. pip, venv and the system say what happened in many ways; `explained` tells them apart."""

from __future__ import annotations

import os
from pathlib import Path


class Trouble(Exception):
    """Something the user can mend: the text says what is wrong and the command that mends it."""


def log_of(venv: Path) -> Path:
    """All that pip said when it made this environment."""
    return venv / "making.log"


WINDOWS = os.name == "nt"
START = "py main.py" if WINDOWS else "python3 main.py"  # there, python3 opens the Store
PYTHON = "py" if WINDOWS else "python3"
AGAIN = f"then start again: {START}"
SET = "set" if WINDOWS else "export"
OFFLINE_START = (
    f"set PIP_NO_INDEX=1 & set PIP_FIND_LINKS=wheels & {START}"
    if WINDOWS
    else f"PIP_NO_INDEX=1 PIP_FIND_LINKS=wheels {START}"
)
COPY = "Copy it to a place of yours" + (
    ", such as your Documents: {folder}" if WINDOWS else ': cp -r "{folder}" ~/playground && cd ~/playground'
)
OFFLINE = (
    "NewConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "Max retries exceeded", "ProxyError", "SSLError",
    "name resolution", "Network is unreachable", "Connection refused", "ConnectionResetError", "getaddrinfo failed",
)  # fmt: skip


def explained(output: str, venv: Path) -> Trouble:
    """What pip, venv or the file system said, as one message of ours."""
    last = last_line(output)
    if "No space left" in output or "Errno 28" in output or "WinError 112" in output:
        return no_disk(last, venv)
    if "WinError 32" in output:
        return Trouble(
            f"Another program has a file open that pip has to write: {last}\n"
            f"Wait until other starts and the virus scanner are done, {AGAIN}"
        )
    if "Read-only file system" in output or "Permission denied" in output or "Errno 13" in output:
        return not_writable(last, venv)
    if "ensurepip" in output and "apt install" in output:
        return Trouble(f"{last}\nDebian, Ubuntu: sudo apt install python3-venv\n{AGAIN}")
    if any(sign in output for sign in OFFLINE):
        return Trouble(
            f"The first start has to download packages, and there is no network: {last}\n"
            f"Connect this computer (behind a proxy: {SET} HTTPS_PROXY=http://proxy:port), {AGAIN}\n"
            f"Or bring them from another one: pip download --only-binary :all: -r requirements.lock -d wheels\n"
            f"and here: {OFFLINE_START}"
        )
    if "No matching distribution" in output or "Could not find a version" in output:
        return Trouble(
            f"pip found no package that fits this computer: {last}\n"
            f"Either pip may not look for it (PIP_NO_INDEX or a mirror is set; see: {PYTHON} -m pip config list), or\n"
            f"Qt is not built for this system: it needs 64-bit Linux with glibc 2.34+, Windows 10+ or macOS 13+, and\n"
            f"Python 3.11 to 3.14. Mend that, {AGAIN}"
        )
    return Trouble(f"pip could not install the packages: {last}\nAll it said is in {log_of(venv)}; try again: {START}")


def last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")]
    return (errors or lines or ["it said nothing"])[-1].removeprefix("ERROR: ")


def no_disk(detail: str, venv: Path) -> Trouble:
    return Trouble(
        f"There is not enough room on the disk of {venv.parent}: {detail}\n"
        f"Free some (pip's own cache: {PYTHON} -m pip cache purge), or move this folder to a larger disk, {AGAIN}"
    )


def not_writable(detail: str, venv: Path) -> Trouble:
    return Trouble(
        f"The folder {venv.parent} cannot be written, so .venv cannot be made in it: {detail}\n"
        f"{COPY.format(folder=venv.parent)}\n{AGAIN}"
    )
