"""The run that the right column is about: the last few runs as segments side by side, all others in a list to search,
behind a button. So it is as wide with four hundred runs as with six."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.kit.choice_menu import Choice, ChoiceMenu
from ui.kit.choosing import Segments
from ui.kit.drawing import Themed
from ui.kit.menu import MenuButton
from ui.kit.theme import Theme

MOST = 5  # runs: as many stand side by side
LAST = 3  # runs side by side where there are more


def side_by_side(numbers: Sequence[int], chosen: int | None) -> list[int]:
    """The runs that stand side by side: the last ones and the chosen one."""
    if len(numbers) <= MOST:
        return list(numbers)
    last = list(numbers[-LAST:])
    return last if chosen is None or chosen in last or chosen not in numbers else [chosen, *last[1:]]


class RunChooser(Themed, QWidget):
    chosen = Signal(int)  # the number of the run

    def __init__(self, theme: Theme, name: str, accessible: str) -> None:
        super().__init__(theme)
        self.describe: Callable[[int], tuple[str, str]] = lambda _number: ("", "")  # of a run: its job, its model
        self._numbers: tuple[int, ...] = ()
        self._chosen: int | None = None
        self._small = False
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.last = Segments(theme, name, accessible, px=12, height=20)
        self.more = MenuButton(theme, f"{name}_more", kind="ghost", px=12, height=24, padding=4, gap=4)
        self._menu = ChoiceMenu(theme, f"menu_{name}", accessible, least_width=320)
        self.in_row(self.last, self.more, of=self, gap=0)
        self._keep_height()
        self.last.chosen.connect(lambda words: self._take(int(words)))
        self.more.clicked.connect(self._open)
        self._menu.chosen.connect(lambda words: self._take(int(words)))
        self.hide()

    def _keep_height(self) -> None:
        """Keeps one height with and without the button, to go beside a caption."""
        self.setFixedHeight(self.more.sizeHint().height())

    def show_runs(self, numbers: Sequence[int], chosen: int | None) -> None:
        """Shows the runs; with fewer than two there is nothing to choose."""
        self._numbers, self._chosen = tuple(numbers), chosen
        self._show()

    def set_small(self, small: bool) -> None:
        """Shows the button alone, where there is hardly any room."""
        if small != self._small:
            self._small = small
            self._show()

    def small_width(self) -> int:
        """The width of the button alone, whichever run is chosen."""
        return self.more.width_with(f"Run {max(self._numbers, default=0)}")

    def taken(self) -> int | None:
        return self._chosen

    def _show(self) -> None:
        beside = side_by_side(self._numbers, self._chosen)
        others = len(self._numbers) - len(beside)
        self.last.set_choices([str(one) for one in beside], str(self._chosen) if self._chosen in beside else None)
        self.last.setVisible(not self._small)
        self.more.set_words(f"Run {self._chosen}" if self._small else f"{others} more")
        self.more.setFixedWidth(self.small_width() if self._small else self.more.sizeHint().width())
        self.more.setAccessibleName("Choose another run")
        self.more.setToolTip("Choose another run")
        self.more.setVisible(self._small or others > 0)
        self.setVisible(len(self._numbers) > 1)

    def _take(self, number: int) -> None:
        self._chosen = number
        self._show()
        self.chosen.emit(number)

    def _open(self) -> None:
        rows = []
        for number in reversed(self._numbers):
            what, how = self.describe(number)
            rows.append(Choice(str(number), f"{number} · {what}" if what else f"Run {number}", how))
        self._menu.set_choices(rows, str(self._chosen))
        self._menu.open_below(self.more, align_right=True)

    def rethemed(self) -> None:
        self._menu.set_theme(self.theme)
        self._keep_height()
        self._show()
        self.update()
