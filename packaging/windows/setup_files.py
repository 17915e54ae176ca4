"""What the installer's script is given for one build: the names, and a line for each file that it installs or
removes."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath

import identity

UNINSTALL_KEYS = r"Software\Microsoft\Windows\CurrentVersion\Uninstall"
ESCAPES = {"$": "$$", '"': '$\\"', "`": "$\\`", "\n": "$\\n"}


def write(frozen: Path, work: Path) -> None:
    """The parts that installer.nsi includes. NSIS takes a file for UTF-8 when it begins with a mark."""
    work.mkdir(parents=True, exist_ok=True)
    for name, lines in (
        ("names.nsh", names(frozen)),
        ("installed.nsh", installed(frozen)),
        ("removed.nsh", removed(frozen)),
    ):
        (work / name).write_text("\n".join(lines) + "\n", encoding="utf-8-sig")


def names(frozen: Path) -> list[str]:
    values = {
        "NAME": identity.NAME,
        "VERSION": identity.VERSION,
        "VERSION_NUMBERS": ".".join(map(str, identity.version_numbers())),
        "PUBLISHER": identity.PUBLISHER,
        "COPYRIGHT": identity.COPYRIGHT,
        "PROGRAM": identity.PROGRAM,
        "COMMAND": identity.COMMAND,
        "UNINSTALL_KEY": rf"{UNINSTALL_KEYS}\{identity.PROGRAM}",
        "RECIPE_CLASS": f"{identity.PROGRAM}.Recipe",
        "RECIPE_WORDS": identity.RECIPE_WORDS,
        "RECIPE_ENDING": identity.RECIPE_ENDING,
        "INSTALLED_KB": str(sum(path.stat().st_size for path in files(frozen)) // 1024),
    }
    return [f"!define {name} {quoted(value)}" for name, value in values.items()]


def files(frozen: Path) -> list[Path]:
    """The programs first: each carries the same modules, which then take their room in the installer only once."""
    found = (path for path in frozen.rglob("*") if path.is_file())
    return sorted(found, key=lambda path: (path.parent != frozen, path.as_posix()))


def installed(frozen: Path) -> list[str]:
    lines, folder = [], None
    for path in files(frozen):
        if path.parent != folder:
            folder = path.parent
            lines.append(f"SetOutPath {quoted(place(frozen, folder), '$INSTDIR')}")
        lines.append(f'File "{path}"')  # the place of a source is taken as it stands
    return lines


def removed(frozen: Path) -> list[str]:
    """Folders after what is in them. Those that are not empty, as somebody put a file there, stay."""
    folders = sorted((path for path in frozen.rglob("*") if path.is_dir()), reverse=True)
    return [f"Delete {quoted(place(frozen, path), '$INSTDIR')}" for path in files(frozen)] + [
        f"RMDir {quoted(place(frozen, path), '$INSTDIR')}" for path in folders
    ]


def place(frozen: Path, path: Path) -> str:
    below = PureWindowsPath(*path.relative_to(frozen).parts)
    return "" if path == frozen else f"\\{below}"


def quoted(text: str, before: str = "") -> str:
    """A text of NSIS; `before` may have variables."""
    return f'"{before}{"".join(ESCAPES.get(letter, letter) for letter in text)}"'
