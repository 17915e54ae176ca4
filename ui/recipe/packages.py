"""Optional packages, as the window installs them: those of the first start once it is up, others when Install is
pressed in their row. The row shows how far that is, or why it failed; models work without a restart.

Into a Python of the user's something is installed after a second press only: the first shows what, where and from
where. Nothing is installed in a Python that still needs the user's word."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from playground.interpreters import optional_packages
from playground.interpreters.installing import GIVEN_UP
from playground.interpreters.known import Interpreter
from playground.interpreters.optional_packages import PACKAGES
from ui.recipe.known_interpreters import KnownInterpreters
from ui.runs.computer_card import Fact
from ui.workers.installer import Installer

INSTALL, SURE, CANCEL = "Install", "Yes, install", "Cancel"
WAITS = "waits for the one before it …"
PipLine = Callable[[Interpreter, str], list[str]]


class Packages(QObject):
    changed = Signal()  # the words of a row have changed
    installed = Signal(str)  # what was installed, in words

    def __init__(self, known: KnownInterpreters, parent: QObject, pip_line: PipLine | None = None) -> None:
        super().__init__(parent)
        self._known = known
        self.pip_line: PipLine = pip_line or optional_packages.pip_line
        self._going_on: dict[tuple[str, str], str] = {}  # (path of a Python, package) → the present step
        self._failed: dict[tuple[str, str], str] = {}  # … → why it failed
        self._asked: tuple[str, str] | None = None  # the Python and the package that the user is asked about
        self._first: set[str] = set()  # packages of the first start that are still to come
        self._installer = Installer()
        self._installer.told.connect(self._tell)
        self._installer.ended.connect(self._end)

    # -- what rows say

    def action(self, one: Interpreter, model: str) -> str:
        """What a press on the row of a model without its package does; empty where nothing can be done here."""
        if (one.path, model) in self._going_on:
            return CANCEL
        if not self._can(one, model):
            return ""
        return SURE if (one.path, model) == self._asked else INSTALL

    def note(self, one: Interpreter, model: str) -> str:
        """What the row says instead of why the model cannot run; empty: says that."""
        place = one.path, model
        if place in self._going_on:
            return self._going_on[place]
        if not lacks(one, model):
            return ""
        if place == self._asked:
            return optional_packages.question(one, model)
        if place in self._failed:
            return f"not installed: {self._failed[place]}"
        why = optional_packages.why_not(one)
        return f"needs {model}; {why}" if why else ""

    def facts(self, own: Interpreter) -> list[Fact]:
        """A fact for each package that the app's own Python lacks."""
        return [
            (False, package, self.note(own, package) or self.action(own, package) or "missing")
            for package in PACKAGES
            if lacks(own, package)
        ]

    # -- what is done

    def press(self, path: str, model: str) -> None:
        """Carries out the action of a row."""
        if (path, model) in self._going_on:
            self._installer.give_up(path, model)
            return
        one = next((one for one in self._known.all() if one.path == path), None)
        if one is None or not self._can(one, model):
            return
        if one.path and self._asked != (path, model):
            self._asked = path, model
            self.changed.emit()
        else:
            self._install(one, model)

    def bring_first(self) -> None:
        """Installs the packages of the first start, now that the window is up."""
        own = next((one for one in self._known.all() if one.path == ""), None)
        if own is None or not optional_packages.wanted_first(own):
            return
        self._first = {package for package in optional_packages.FIRST if lacks(own, package)}
        for package in sorted(self._first):
            self._install(own, package)

    def shut_down(self) -> None:
        self._first.clear()  # the next start tries again
        self._installer.shut_down()

    def _can(self, one: Interpreter, model: str) -> bool:
        allowed = one.path not in self._known.unasked and self._known.may_start(one.path)
        return lacks(one, model) and allowed and optional_packages.why_not(one) is None

    def _install(self, one: Interpreter, model: str) -> None:
        place, self._asked = (one.path, model), None
        self._failed.pop(place, None)
        self._going_on[place] = WAITS if self._going_on else "installing …"
        self.changed.emit()
        self._installer.install(*place, self.pip_line(one, model))

    def _tell(self, path: str, package: str, words: str) -> None:
        if (path, package) in self._going_on:
            self._going_on[path, package] = words
            self.changed.emit()

    def _end(self, path: str, package: str, why: str) -> None:
        self._going_on.pop((path, package), None)
        if not why:
            self.installed.emit(f"{package} was installed")
            self._known.look_at(path)
        elif why != GIVEN_UP:
            self._failed[path, package] = why
        if path == "" and package in self._first:
            self._first.discard(package)
            if not self._first and why != GIVEN_UP:
                optional_packages.note_tried()
        self.changed.emit()


def lacks(one: Interpreter, model: str) -> bool:
    """Does this Python only lack a package to run the model of that name?"""
    return model in PACKAGES and one.available and (one.models.get(model) or "").startswith("needs ")
