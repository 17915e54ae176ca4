"""The menus of the chips, and what a choice in one makes of the recipe: a part that does not go with the choice moves
to the nearest one that does, so that there is always a recipe that can be run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from playground import catalogue, hosts
from playground.hosts import Host
from playground.recipe.recipe import Recipe, changed, with_length
from ui.kit.choice_menu import Choice, ChoiceMenu
from ui.kit.theme import Theme
from ui.recipe import choices, lengths
from ui.recipe.chips import Chip
from ui.recipe.choices import COPIED, LOCATE, InterpreterChoice, able_to_run
from ui.recipe.count_chip import CountChip

LEAST_WIDTHS = {"workers": 140, "length": 240}


class ChipMenus(QObject):
    changed = Signal(Recipe)
    opened = Signal(str)  # which menu
    locate_requested = Signal()
    install_requested = Signal(str, str)  # the path of a Python, and the model that lacks a package there
    use_requested = Signal(str)  # the path of a Python that came from elsewhere

    def __init__(self, theme: Theme, chips: Mapping[str, CountChip | Chip], bar: QWidget) -> None:
        super().__init__(bar)
        self.recipe = Recipe()
        self._interpreters: tuple[InterpreterChoice, ...] = (InterpreterChoice("", "this Python"),)
        self._seconds_before: float | None = None
        self._chips = chips
        self._menus: dict[str, ChoiceMenu] = {}
        for name, chip in chips.items():
            menu = ChoiceMenu(theme, f"menu_{name}", f"Choose the {name}", least_width=LEAST_WIDTHS.get(name, 320))
            self._menus[name] = menu
            if isinstance(chip, Chip):
                chip.clicked.connect(lambda _=False, n=name: self.open(n))
                chip.typed.connect(lambda words, n=name: self.open(n, words))
                menu.closed.connect(lambda c=chip: c.set_open(False))
        self["job"].chosen.connect(lambda job: self.change(job=job))
        self["model"].chosen.connect(self.take_model)
        self["model"].acted.connect(self._make_available)
        self["interpreter"].chosen.connect(self.take_interpreter)
        self["interpreter"].acted.connect(self._make_known)
        self["host"].chosen.connect(self.take_host)
        self["length"].chosen.connect(lambda value: self.change(**lengths.fields(value)))
        self["length"].set_made_of(lambda typed: lengths.made_of(typed, self.recipe), lengths.PLACEHOLDER)

    def __getitem__(self, name: str) -> ChoiceMenu:
        return self._menus[name]

    def set_theme(self, theme: Theme) -> None:
        for menu in self._menus.values():
            menu.set_theme(theme)

    def set_interpreters(self, interpreters: Sequence[InterpreterChoice]) -> None:
        self._interpreters = tuple(interpreters)
        for name in ("model", "interpreter"):
            self[name].update_choices(self.rows(name)[0])

    def interpreter(self, path: str) -> InterpreterChoice:
        known = next((choice for choice in self._interpreters if choice.path == path), None)
        return known or InterpreterChoice(path, Path(path).name or "this Python")

    @property
    def chosen_interpreter(self) -> InterpreterChoice:
        return self.interpreter(self.recipe.interpreter)

    def open(self, name: str, typed: str = "") -> None:
        menu, chip = self[name], self._chips[name]
        if menu.isVisible():
            menu.close_popover()
            return
        menu.set_choices(*self.rows(name))
        if isinstance(chip, Chip):
            chip.set_open(True)
        menu.open_below(chip)
        menu.type(typed)
        self.opened.emit(name)

    def rows(self, name: str) -> tuple[list[Choice], str]:
        return choices.rows(name, self.recipe, self.chosen_interpreter, self._interpreters)

    def change(self, **fields: Any) -> None:
        recipe = with_length(changed(self.recipe, **fields))
        if recipe != self.recipe:
            self.recipe = recipe
            self.changed.emit(recipe)

    def _make_available(self, model: str) -> None:
        """Installs what the model lacks, copies the command for that, or goes to a Python that can run it."""
        chosen = self.chosen_interpreter
        if chosen.installs.get(model):
            self.install_requested.emit(chosen.path, model)
            return
        command = chosen.commands.get(model)
        other = able_to_run(model, self._interpreters)
        if command:
            QGuiApplication.clipboard().setText(command)
            self["model"].say_done(model, COPIED)
        elif other is not None:
            self["model"].close_popover()
            self.take_interpreter(other.path)
            self.take_model(model)

    def _make_known(self, path: str) -> None:
        if self.interpreter(path).unasked:
            self["interpreter"].close_popover()
            self.use_requested.emit(path)
        else:
            self.take_interpreter(LOCATE)

    def take_model(self, name: str) -> None:
        able = catalogue.model(name).hosts
        place = self.recipe.place if self.recipe.place.takes(able) else hosts.usual_of(able)
        self.change(model=name, **self._going_to(place))

    def take_host(self, name: str) -> None:
        place = hosts.named(name)
        model = choices.nearest_model(self.recipe.model, place)
        self.change(model=model, **self._going_to(place))

    def _going_to(self, place: Host) -> dict[str, Any]:
        if place.longest_s is not None and self.recipe.place.longest_s is None:
            self._seconds_before = self.recipe.seconds
        return choices.fixed_by(place, self.recipe, self._seconds_before)

    def take_interpreter(self, path: str) -> None:
        if path == LOCATE:
            self["interpreter"].close_popover()
            self.locate_requested.emit()
            return
        if path and not self.recipe.place.other_pythons:
            able = next(place for place in hosts.every() if place.other_pythons)
            self.take_host(able.name)
        self.change(interpreter=path)
