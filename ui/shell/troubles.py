"""Troubles, a notice each: a refused start, a run that failed by a fault of this app, a defect of the window, settings
that cannot be kept. A notice goes when it no longer means anything."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from ui.help.help import Help
from ui.kit.notices import Notices
from ui.recipe.bar import RecipeBar
from ui.recipe.launch import ABOUT_RUN, STARTING
from ui.settings.settings_file import SettingsFile

FAULT = "fault of run {}"  # the cause of a notice
SHOW, COPY = "show defect ", "copy defect "  # actions of notices


class Troubles:
    def __init__(self, notices: Notices, bar: RecipeBar, settings: SettingsFile, help: Help) -> None:
        self._notices, self._bar, self._settings, self._help = notices, bar, settings, help
        self._defects: set[str] = set()  # that were told; many may have come before the first is
        self._traces: list[str] = []  # of the defects that were told
        self._settings_told: str | None = None

    def tell_defect(self, words: str, times: int, trace: str = "") -> None:
        """A defect that was reported and closed does not come back."""
        about = f"defect {words}"
        if about in self._defects and all(notice.about != about for notice in self._notices.notices()):
            return
        self._defects.add(about)
        self._notices.forget(about)
        often = f" ({times:,} times)" if times > 1 else ""
        words = f"Something in this window went wrong: {words}{often}. Runs go on."
        self._notices.add(words, self._actions(trace), trouble=True, about=about)

    def _actions(self, trace: str) -> list[tuple[str, str]]:
        if not trace:
            return []
        if trace not in self._traces:
            self._traces.append(trace)
        number = self._traces.index(trace)
        return [(f"{SHOW}{number}", "Show details"), (f"{COPY}{number}", "Copy details")]

    def answer_notice(self, action: str) -> bool:
        """Carries out the action of a notice about a defect; was it one?"""
        if not action.startswith((SHOW, COPY)):
            return False
        details = self._help.details(self._traces[int(action.rpartition(" ")[2])])
        if action.startswith(SHOW):
            self._help.show_text("What went wrong", details)
        else:
            QApplication.clipboard().setText(details)
        return True

    def tell_refused(self, field: str, words: str) -> None:
        """A run was not started."""
        if field:
            self._bar.set_problem(field, words)
        else:
            self._notices.add(words, trouble=True, about=STARTING)

    def tell_failed(self, number: int, words: str) -> None:
        """Stays until the run is dismissed: the run may leave the stage by itself before anybody looks."""
        self._notices.add(f"Run {number}: {words}", trouble=True, about=FAULT.format(number))

    def tell_settings(self) -> None:
        """Reports settings that could not be read at the start, or written since by their thread."""
        message = self._settings.message
        if message is not None and message != self._settings_told:
            self._settings_told = message
            self._notices.add(message)

    def forget_start(self) -> None:
        self._notices.forget(STARTING)
        self._bar.set_problem(None)

    def forget_left(self, number: int) -> None:
        """A run has left the stage."""
        self._notices.forget(ABOUT_RUN.format(number))

    def forget_run(self, number: int) -> None:
        """A run was dismissed, or removed from the list."""
        self.forget_left(number)
        self._notices.forget(FAULT.format(number))
