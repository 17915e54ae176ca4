"""About this app: what it is, the versions of all that decides how it behaves, where it keeps things, and the
licences of what it is made of."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from playground.files.own_folders import cache_folder, config_folder, log_folder
from playground.start.bootstrap import is_frozen
from playground.start.logbook import versions
from playground.start.logbook.versions import Lines
from ui.help.page_text import unmarked
from ui.help.pages import ROOT, text_of

LINE = "See how Python runs threads, processes and coroutines, live and measured."
LICENCE = ROOT / "LICENSE"
THIRD_PARTY = Path(sys.executable).parent / "licences" / "README.txt"  # beside the packaged app


def all_versions(window: QWidget | None) -> Lines:
    return [*versions.of_app(), ("Qt", qVersion() or ""), *_packages(), *_computer(), ("Screen", _screen(window))]


@cache
def _packages() -> Lines:
    return versions.of_packages()


@cache
def _computer() -> Lines:
    return versions.of_computer()


def folders() -> list[tuple[str, Path]]:
    return [("Settings", config_folder()), ("Log", log_folder()), ("Cache", cache_folder())]


def page(window: QWidget | None) -> str:
    """The page, as Markdown."""
    lines = all_versions(window)
    name, version = lines[0]
    told = "\n".join(f"- **{what}** {value}" for what, value in lines[1:])
    places = "\n".join(f"- **{what}** [{unmarked(str(path))}]({path.as_uri()})" for what, path in folders())
    return (
        f"# {name} {version}\n\n{LINE}\n\n## Versions\n\n{told}\n\n## Where things are kept\n\n{places}\n\n"
        f"What it is made of, and under which licences: [Licences](page:licences)."
    )


def copied(window: QWidget | None) -> str:
    return versions.words(all_versions(window))


def licences() -> str:
    free = "Concurrency Playground is free software under the MIT licence."
    own = f"# Licences\n\n{free}\n\n{_quoted(text_of(LICENCE))}\n\n"
    fonts = "The fonts Inter and JetBrains Mono are under the SIL Open Font License 1.1.\n\n"
    if is_frozen() and THIRD_PARTY.is_file():
        texts = f"[The whole texts]({THIRD_PARTY.parent.as_uri()})"
        return f"{own}{fonts}## What it is made of\n\n{texts}\n\n{_quoted(text_of(THIRD_PARTY))}"
    found = versions.licences()
    rows = "\n".join(f"- **{unmarked(one.name)}** {one.version}: {unmarked(one.licence)}" for one in found)
    return f"{own}{fonts}## The packages of this environment\n\nAs each of them states it itself.\n\n{rows}"


def _quoted(text: str) -> str:
    """Words of others as they are, with their lines."""
    return "\n".join(f"    {line}" for line in text.splitlines())


def _screen(window: QWidget | None) -> str:
    screen = window.screen() if window is not None else QGuiApplication.primaryScreen()
    size, ratio = screen.size(), screen.devicePixelRatio()
    platform = QGuiApplication.platformName()
    return f"{size.width()}×{size.height()} at {ratio:g}×, {screen.refreshRate():.0f} Hz, by {platform}"
