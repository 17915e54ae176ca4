"""Windows: the python.exe of a virtual environment is a small program that starts the real Python and waits for it. Its
process number, its memory and its end are not those of the Python. So the real one is started at once, with the
variable by which the launcher would say which environment is meant; multiprocessing does the same."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "__PYVENV_LAUNCHER__"


def passed_by(interpreter: str, variables: dict[str, str], windows: bool = os.name == "nt") -> str:
    """The Python that `interpreter` would start; `variables` then name the environment. Anything but a launcher is
    given back as it is."""
    real = _behind(Path(interpreter)) if windows else None
    if real is None:
        return interpreter
    variables[VARIABLE] = interpreter
    return str(real)


def _behind(launcher: Path) -> Path | None:
    try:
        text = (launcher.parent.parent / "pyvenv.cfg").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    for line in text.splitlines():
        name, _, value = line.partition("=")
        if name.strip().lower() == "home":
            real = Path(value.strip()) / launcher.name
            return real if value.strip() and real.is_file() else None
    return None
