"""The Pythons that the window knows: those that have answered before, at once; the others, as they answer; and those
that the user has located, which the settings keep. `problem` says what in a recipe its interpreter cannot run.

A Python that a recipe names by its path, or that lies beside a recipe's file, is somebody else's program until the user
has said that it may run (`playground.run.trust`): it is listed, and nothing starts it, not even to ask who it is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from playground import catalogue
from playground.files.visible import one_line
from playground.interpreters import known
from playground.interpreters.facts import InterpreterFacts
from playground.interpreters.known import Cache, Interpreter
from playground.lab.asked import abilities
from playground.recipe.recipe import BadRecipe, Recipe
from playground.run.trust import Trust
from ui.loop.disk import Disk
from ui.settings.settings_file import SettingsFile
from ui.workers.interpreter_finder import InterpreterFinder

NOT_FOUND = "not found on this computer"


class KnownInterpreters(QObject):
    changed = Signal(list)  # a list of Interpreter, in order
    located = Signal(str)  # the path of a Python that the user has located, and that can run labs
    refused = Signal(str)  # why a located Python cannot

    def __init__(self, settings: SettingsFile, words: Trust, window: QWidget) -> None:
        super().__init__(window)
        self._settings, self._words, self._window = settings, words, window
        self._found: dict[str, Interpreter] = {"": known.own()}
        self._wanted: set[str] = set()  # of recipes, or located: listed wherever they are
        self._unasked: set[str] = set()  # those of `_wanted` that need the user's word first
        self._whence: dict[str, str] = {}  # where each path came from
        self._shown: dict[str, str] = {}  # the content of each Python when the user was asked about it
        self._swapped: set[str] = set()  # Pythons whose content had changed when the user answered
        self._opening: Path | None = None  # the recipe file that is being opened
        self._pointed_at: set[str] = set()  # located, and has not answered yet
        self._own_folders = abilities.package_folders()
        self._begun = self._searched = False
        self.disk = Disk(self)
        self.disk.changed.connect(lambda _path: self.changed.emit(self.all()))
        self._finder = InterpreterFinder("interpreters", words.may_start)
        self._asker = InterpreterFinder("interpreter", words.may_start)  # not held up by a search
        for thread in (self._finder, self._asker):
            thread.answered.connect(self._take)
            thread.unasked.connect(self._take_unasked)
        self._finder.searched.connect(self._end_search)

    @property
    def unasked(self) -> frozenset[str]:
        """The paths of the listed Pythons that need the user's word."""
        return frozenset(self._unasked)

    def all(self) -> list[Interpreter]:
        return known.in_order(self._found.values())

    def restore(self, earlier: bool = True) -> None:
        """Lists the Pythons that can run labs by an earlier answer that still holds, and in any case our own. None is
        asked."""
        answers = {one.path: one for one in Cache().all() if one.available} if earlier else {}
        usual = self._words.usual(answers)
        # Whether an allowed Python is still the same is looked up before it is started.
        self._found.update({path: one for path, one in answers.items() if path in usual or self._words.names(path)})
        self.changed.emit(self.all())

    def search(self) -> None:
        """Looks everywhere. A Python that has answered before and is unchanged is not asked again."""
        self._begun = True
        folders = abilities.package_folders()
        if folders != self._own_folders:
            self._own_folders = folders
            self._take(known.own_anew())
        self._finder.search(self._settings.settings.interpreters)

    def search_again(self) -> None:
        """Searches again, as something may have been installed since."""
        if self._begun and not self._finder.isRunning():
            self.search()

    def look_beside(self, recipe: Path) -> None:
        """Lists the virtual environments in a recipe's folder, which came with the recipe."""
        self._opening = recipe
        for path in known.beside(recipe):
            self._whence[path] = f"lies beside {one_line(recipe.name)}"
            self._want(path)

    def note_recipe(self, recipe: Recipe) -> None:
        """Notes a recipe that was opened or pasted: the interpreter that it names is somebody else's."""
        file, self._opening = self._opening, None
        if recipe.interpreter and not known.is_name(recipe.interpreter):
            name = f"named in {one_line(file.name)}" if file is not None else "named in what was pasted"
            self._whence[known.absolute(recipe.interpreter)] = name

    def may_start(self, path: str) -> bool:
        return self._words.may_start(path)

    def look_at(self, path: str) -> None:
        """Asks a Python again, in which something was installed."""
        if path:
            self._want(path)
        else:
            self._own_folders = abilities.package_folders()
            self._take(known.own_anew())

    def locate(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self._window, "Locate a Python", str(Path.home()))
        if path:
            self.add(path)

    def add(self, path: str) -> None:
        """Takes a Python that the user has located, which allows it to run. It may be known by another name."""
        identity = known.identity(Path(path))
        for one in self.all():
            if one.available and known.identity(Path(one.executable)) == identity:
                self.located.emit(one.path)
                return
        self._pointed_at.add(path)
        self.allow([path])

    def keep_located(self, paths: Iterable[str]) -> None:
        """Of what the user has located only these stay listed, unless a search finds the others by itself."""
        for path in set(self._settings.settings.interpreters) - set(paths):
            self._wanted.discard(path)
            self._found.pop(path, None)
        self._settings.change(interpreters=tuple(paths))
        self.changed.emit(self.all())
        self.search_again()

    def allow(self, paths: Iterable[str]) -> None:
        """Takes the user's word for these Pythons: they may run, and are asked who they are."""
        for path in paths:
            self._words.grant_python(path)
            self._listen_to(path)

    def _listen_to(self, path: str) -> None:
        self._swapped.discard(path)
        self._unasked.discard(path)
        self._found.pop(path, None)  # what was known until now
        self._want(path)

    def take_answer(self, paths: Iterable[str]) -> None:
        """The user has said yes to a question, which was about the content at that time."""
        for path in paths:
            self._words.grant_python(path, self._shown.get(path))
            if self._words.may_start(path):
                self._listen_to(path)
            else:
                self._swapped.add(path)

    def unasked_of(self, *recipes: Recipe) -> dict[str, str]:
        """The Pythons that these recipes would start and that need the user's word, each with where it came from. The
        caller is about to ask the user: their content is noted."""
        paths = [path for path in dict.fromkeys(one.interpreter for one in recipes) if not self._words.may_start(path)]
        self._shown = {path: self._words.content_now(path) for path in paths}
        return {path: self._why_asked(path) for path in paths}

    def _why_asked(self, path: str) -> str:
        if path in self._swapped:
            return "changed while you were asked about it"
        if self._words.names(path):
            return "changed since you allowed it"
        return self._whence.get(path, "named in this recipe")

    def resolved(self, recipe: Recipe) -> Recipe:
        """The recipe with the whole path of its interpreter. An unknown one is asked who it is, if it may start."""
        text = recipe.interpreter
        if known.is_name(text):
            one = known.matching(text, self.all())
            return msgspec.structs.replace(recipe, interpreter=one.path) if one else recipe
        path = known.absolute(text) if text else ""
        if path not in self._found and path not in self._wanted:
            self._want(path)
        return recipe if path == text else msgspec.structs.replace(recipe, interpreter=path)

    def still_looking_for(self, recipe: Recipe) -> bool:
        """Does the recipe name its interpreter by a short name, before the first search has ended?"""
        return known.is_name(recipe.interpreter) and not self._searched

    def look_now(self, recipe: Recipe) -> None:
        """The recipe is about to run: looks if its interpreter exists, without long waits for the disk."""
        if recipe.interpreter and not known.is_name(recipe.interpreter):
            self.disk.look_now(Path(known.absolute(recipe.interpreter)))

    def problem(self, recipe: Recipe) -> tuple[str, str] | None:
        """The field that keeps a recipe from running with its interpreter, and why; None where it can, or may yet."""
        text = recipe.interpreter
        one = self._found.get(text)
        if known.is_name(text):
            return "interpreter", "Looking for Pythons …" if self.still_looking_for(
                recipe
            ) else f"{text} was {NOT_FOUND}.{self._hint()}"
        if text and not self.disk.there(Path(known.absolute(text))):
            return "interpreter", f"{text} was {NOT_FOUND}."
        if one is None or text in self._unasked:  # the user is asked when it is to run
            return None
        if not one.available:
            return "interpreter", f"{one.title} cannot be used: {one.why}."
        if why := known.reason(one, recipe.model):
            return "model", f"{catalogue.model(recipe.model).title} is unavailable in {one.title}: {why}." + (
                self._ways_out(one, recipe.model)
            )
        try:
            known.check(recipe, one, self._found.values())
        except BadRecipe as problem:
            return problem.field, str(problem)
        return None

    def _hint(self) -> str:
        """Hints at a Python beside the recipe that was not asked, and may be the one."""
        beside = (whence for path, whence in self._whence.items() if path in self._unasked and "beside" in whence)
        whence = next(beside, None)
        return f" What {whence} was not asked: the menu of interpreters has it." if whence else ""

    def _ways_out(self, one: Interpreter, model: str) -> str:
        """How to get the model. The command itself is too long for a line; the model's row in the menu copies it."""
        copies = " The menu copies the command." if known.mending_command(one, model) else ""
        able = (other for other in self.all() if other.available and other.models.get(model, "unknown") is None)
        return copies + next((f" {other.title} can run it." for other in able), "")

    def shut_down(self) -> None:
        self.disk.shut_down()
        for thread in (self._finder, self._asker):
            thread.shut_down()

    def _want(self, path: str) -> None:
        self._wanted.add(path)
        self._asker.ask(path)

    def _take_unasked(self, path: str) -> None:
        self._unasked.add(path)
        self._take(Interpreter(path, False, f"not asked yet: {self._why_asked(path)}", InterpreterFacts(path=path)))

    def _take(self, one: Interpreter) -> None:
        if self._found.get(one.path) != one:
            self._found[one.path] = one
            self.changed.emit(self.all())
        if one.path in self._pointed_at and one.path not in self._unasked:
            self._pointed_at.remove(one.path)
            self._answer_to_user(one)

    def _answer_to_user(self, one: Interpreter) -> None:
        if one.available:
            kept = self._settings.settings.interpreters
            self._settings.change(interpreters=(*(path for path in kept if path != one.path), one.path))
            self.located.emit(one.path)
        else:
            self.refused.emit(f"{one.path} cannot be used: {one.why}.")

    def _end_search(self, paths: Iterable[str]) -> None:
        there = {"", *paths, *self._wanted, *self._unasked}
        self._found = {path: one for path, one in self._found.items() if path in there}
        self._searched = True
        self.changed.emit(self.all())
