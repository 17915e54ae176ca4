"""What the palette offers besides the window's commands. A room adds a provider: a function that says, each time the
palette opens, what there is now. So each job, model, Python and recent file is found by name; lessons or pages of a
guide need one line in the window.

What was chosen last comes first while nothing is typed; the settings keep that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from ui.recipe.chip_menus import ChipMenus
from ui.settings.settings_file import SettingsFile

MOST_LATELY = 5


class Offer(NamedTuple):
    words: str
    act: Callable[[], object]
    kind: str = ""  # shown quietly before the words, and found too
    taken: bool = False  # is it what is chosen now?


Provider = Callable[[], Iterable[Offer]]


class Offers:
    """The offers of all providers as actions, made anew each time the palette opens."""

    def __init__(self, parent: QWidget, settings: SettingsFile) -> None:
        self._parent, self._settings = parent, settings
        self._providers: list[Provider] = []
        self.actions: list[QAction] = []

    def add(self, provider: Provider) -> None:
        """Of two that match as well, that of the earlier provider is shown first."""
        self._providers.append(provider)

    def renew(self) -> list[QAction]:
        for old in self.actions:
            old.deleteLater()
        self.actions = [self._action(offer) for provider in self._providers for offer in provider()]
        return self.actions

    def _action(self, offer: Offer) -> QAction:
        action = QAction(f"{offer.kind}: {offer.words}" if offer.kind else offer.words, self._parent)
        action.setData(offer.kind)
        action.setCheckable(offer.taken)
        action.setChecked(offer.taken)
        action.triggered.connect(lambda _checked=False: offer.act())
        return action

    # -- what was chosen before

    @property
    def lately(self) -> tuple[str, ...]:
        return self._settings.settings.chosen_lately

    def note(self, title: str) -> None:
        """Notes that the palette's user has chosen this."""
        others = (other for other in self.lately if other != title)
        self._settings.change(chosen_lately=(title, *others)[:MOST_LATELY])


def of_the_sentence(menus: ChipMenus) -> Iterator[Offer]:
    """Every choice of the sentence that can be taken now, by the name that its menu has for it."""
    takes: tuple[tuple[str, str, Callable[[str], object]], ...] = (
        ("job", "Job", lambda name: menus.change(job=name)),
        ("model", "Model", menus.take_model),
        ("interpreter", "On", menus.take_interpreter),
        ("host", "In", menus.take_host),
    )
    for chip, kind, take in takes:
        rows, now = menus.rows(chip)
        for row in rows:
            if row.available:
                yield Offer(row.title, partial(take, row.value), kind, row.value == now)
