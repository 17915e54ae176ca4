"""Every command of the window as a QAction: one place for its words and its shortcut. The palette lists them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from ui.kit import keys
from ui.kit.controls import Control


class Command(NamedTuple):
    name: str
    title: str
    keys: tuple[str, ...] = ()


COMMANDS = (
    Command("run", "Run", ("Ctrl+Return", "Ctrl+Enter", "Ctrl+R")),  # Enter: on the number pad
    Command("race", "Race: the same recipe on two Pythons…", ("Ctrl+Shift+R",)),
    Command("stop_all", "Stop all runs", ("Ctrl+.",)),
    Command("pause", "Pause or resume the newest run", ("P",)),
    Command("freeze", "Freeze the view, or back to live", ("Space",)),
    Command("live", "Back to live", ("End",)),
    Command("begin", "Back to where the run begins", ("Home",)),
    Command("zoom_in", "Zoom in", ("+", "=")),
    Command("zoom_out", "Zoom out", ("-",)),
    Command("earlier", "Scroll back", ("Left",)),
    Command("later", "Scroll forward", ("Right",)),
    Command("lens", "Lens: 100 ms of any moment", ("L",)),
    Command("lens_earlier", "Lens: earlier", ("Shift+Left",)),
    Command("lens_later", "Lens: later", ("Shift+Right",)),
    Command("knobs", "Knobs", ("Ctrl+Shift+K",)),
    Command("settings", "Settings…", ("Ctrl+,",)),  # as in most programs; on macOS it is in the app's own menu too
    Command("key_settings", "Keys of all commands…"),
    Command("palette", "Find a command", ("Ctrl+K",)),
    Command("theme", "Switch between dark and light", ("Ctrl+T",)),
    Command("theme_system", "Follow the system's theme"),
    Command("larger", "Everything larger", ("Ctrl++", "Ctrl+=")),  # on an English keyboard + is Shift and =
    Command("smaller", "Everything smaller", ("Ctrl+-",)),
    Command("usual_size", "Everything in its usual size", ("Ctrl+0",)),
    Command("details", "Show or hide verdict and tasks", ("Ctrl+D",)),
    Command("runs_panel", "Show or hide finished runs", ("Ctrl+B",)),
    Command("full_screen", "Full screen", ("F11",)),
    Command("smooth", "Screen-share mode: 30 frames per second", ("Ctrl+Shift+S",)),
    Command("reduced_motion", "Reduced motion: 5 frames per second"),
    Command("open_recipe", "Open a recipe or code…", ("Ctrl+O",)),
    Command("save_recipe", "Save this recipe…", ("Ctrl+S",)),
    Command("type_recipe", "Type a recipe", ("F2", "Ctrl+Shift+L")),  # F2 edits in place, as in other programs
    Command("recipe_before", "Back to the recipe before", ("Ctrl+Z",)),  # a text field undoes its own typing first
    Command("recipe_after", "Forward to the recipe after", ("Ctrl+Shift+Z", "Ctrl+Y")),
    Command("paste_recipe", "Paste a recipe", ("Ctrl+V",)),  # a focused text field takes the key first
    Command("copy_script", "Copy as script: one program that does the same"),
    Command("copy_line", "Copy this recipe as one line", ("Ctrl+Shift+X",)),
    Command("copy_sentence", "Copy this recipe as a sentence", ("Ctrl+Shift+C",)),
    Command("save_code", "Save the code in the editor…"),
    Command("code", "Go to the code", ("Ctrl+E",)),
    Command("clear_stage", "Clear ended runs from the stage", ("Ctrl+L",)),
    Command("next_area", "Go to the next part of the window", ("F6",)),
    Command("area_before", "Go to the part of the window before", ("Shift+F6",)),
    Command("help", "Guide", ("F1",)),
    Command("whats_new", "What is new"),
    Command("about", "About Concurrency Playground"),
    Command("log", "Show the log"),
    Command("quit", "Quit", ("Ctrl+Q",)),
)

USUAL_KEYS = {command.name: command.keys for command in COMMANDS}


class Actions:
    """The window's actions by name. A shortcut that is a single letter does not disturb typing: a focused text field
    takes its keys first."""

    def __init__(self, window: QWidget) -> None:
        self._actions: dict[str, QAction] = {}
        for command in COMMANDS:
            action = QAction(command.title, window)
            action.setObjectName(f"action_{command.name}")
            window.addAction(action)
            self._actions[command.name] = action
        self.set_keys(USUAL_KEYS)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def set_keys(self, keys: Mapping[str, Sequence[str]]) -> None:
        """Gives all commands these keys. What names a key follows."""
        changed = []
        for name, action in self._actions.items():
            sequences = [QKeySequence(one) for one in keys[name]]
            if sequences != action.shortcuts():
                action.setShortcuts([])  # first, so that no key is twice meanwhile
                changed.append((action, sequences))
        for action, sequences in changed:
            action.setShortcuts(sequences)

    def on(self, name: str, act: Callable[[], object]) -> None:
        self._actions[name].triggered.connect(lambda _checked=False: act())

    def press_with(self, name: str, control: Control) -> None:
        """Lets a control carry out an action, and show its key."""
        control.clicked.connect(self._actions[name].trigger)
        self.name_key(name, control)

    def name_key(self, name: str, control: Control) -> None:
        """Shows the key of an action on the control that does the same by mouse, also after the key has changed."""
        self.tell_key(name, control.name_key)

    def tell_key(self, name: str, tell: Callable[[str], object]) -> None:
        """Tells the key of an action in words: now, and whenever it has changed."""
        action = self._actions[name]
        told = [keys.words(action)]

        def tell_again() -> None:
            if keys.words(action) != told[0]:
                told[0] = keys.words(action)
                tell(told[0])

        tell(told[0])
        action.changed.connect(tell_again)

    def all(self) -> list[QAction]:
        return [action for name, action in self._actions.items() if name != "palette"]
