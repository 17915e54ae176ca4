"""Help, as the window has it: the menu behind the button in the status bar, the commands, the pages. Everything that
the app wants to show as text, details of a defect or a log, is a page of the same window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QWidget

from playground.start.logbook import versions
from playground.start.logbook.logbook import Logbook
from playground.start.own_environment import VERSION
from ui.actions import Actions
from ui.help import about, links, pages
from ui.help.help_window import HelpWindow
from ui.help.pages import Page
from ui.kit import keys
from ui.kit.button import Button
from ui.kit.choice_menu import Choice, ChoiceMenu
from ui.kit.drawing import Themed
from ui.kit.notices import Notices
from ui.kit.theme import Theme
from ui.settings.settings_file import SettingsFile

IN_MENU = ("help", "whats_new", "about", "log")
SHARED = ("larger", "smaller", "usual_size", "theme", "quit")  # their keys work in the help window too
NEWS = "show changes"  # the action of a notice
NO_LOG = "Nothing has been written down yet."


class Offered(NamedTuple):
    title: str
    show: Callable[[], object]


class Help(Themed, QObject):
    def __init__(self, theme: Theme, window: QWidget, actions: Actions, button: Button) -> None:
        super().__init__(theme, parent=window)
        self._parent, self._actions = window, actions
        self.logbook: Logbook | None = None
        self._window: HelpWindow | None = None  # made when it is first wanted
        self._told: list[Page] = []  # texts that the app had to show, the newest last
        self.menu = ChoiceMenu(theme, "help_menu", "Help", least_width=250)
        self.menu.chosen.connect(lambda name: actions[name].trigger())
        self._button = button
        button.clicked.connect(self.open_menu)
        self._wire(actions)

    def _wire(self, actions: Actions) -> None:
        actions.on("help", self.toggle)
        actions.on("whats_new", lambda: self.show_page("changes"))
        actions.on("about", lambda: self.show_page("about"))
        actions.on("log", lambda: self.show_page("log"))
        actions["about"].setMenuRole(QAction.MenuRole.AboutRole)
        actions.name_key("help", self._button)

    # -- what the rest of the window calls

    def toggle(self) -> None:
        """Opens the guide where it was left, or closes it."""
        window = self._window
        if window is not None and window.isVisible() and window.isActiveWindow():
            window.close()
        else:
            self.show_page(window.page if window is not None and window.page else "first-run")

    def show_page(self, name: str) -> None:
        window = self._made()
        window.show_pages(self.pages(), name)
        window.show()
        window.raise_()
        window.activateWindow()
        window.field.setFocus()

    def offered(self) -> list[Offered]:
        """The pages of the guide, for the palette."""
        return [Offered(page.title, partial(self.show_page, page.name)) for page in pages.guide()]

    def show_text(self, title: str, text: str) -> None:
        """Shows a text of the app's own, to be read before it is copied."""
        self._told = [one for one in self._told if one.title != title]
        self._told.append(Page(f"text {title}", title, lambda: text, "text", lambda: text))
        self.show_page(f"text {title}")

    def details(self, trace: str) -> str:
        """What somebody needs who is to find out what went wrong."""
        return f"{trace.rstrip()}\n\n{versions.words(about.all_versions(self._parent))}\n"

    def tell_update(self, settings: SettingsFile, notices: Notices) -> None:
        """Says once that this version is newer than the one that was used last."""
        seen = settings.settings.version_seen
        if seen != VERSION:
            settings.change(version_seen=VERSION)
            if seen:
                notices.add(f"This is version {VERSION}; before, it was {seen}.", [(NEWS, "What is new")])

    def answer_notice(self, action: str) -> bool:
        if action == NEWS:
            self.show_page("changes")
        return action == NEWS

    # -- its parts

    def pages(self) -> list[Page]:
        guide = [self._with_keys(page) for page in pages.guide()]
        parent = self._parent
        app = [
            pages.changes(),
            Page("about", "About", lambda: about.page(parent), "app", lambda: about.copied(parent)),
            Page("licences", "Licences", about.licences, "app"),
        ]
        log = Page("log", "The log", self._log, "text", self._log)
        return [*guide, *app, log, *self._told]

    def open_menu(self) -> None:
        if self.menu.isVisible():
            self.menu.close_popover()
            return
        rows = [Choice(name, self._actions[name].text(), keys.words(self._actions[name])) for name in IN_MENU]
        self.menu.set_choices(rows, "")
        self.menu.open_below(self._button, align_right=True)

    def _with_keys(self, page: Page) -> Page:
        text: Callable[[], str] = page.text
        return Page(page.name, page.title, lambda: links.with_keys(text(), self._actions), page.group)

    def _log(self) -> str:
        if self.logbook is None:
            return NO_LOG
        return self.logbook.log.hindrance or self.logbook.text() or NO_LOG

    def _made(self) -> HelpWindow:
        if self._window is None:
            self._window = HelpWindow(self.theme, self._parent)
            self._window.pressed.connect(self._follow)
            for name in SHARED:
                self._window.addAction(self._actions[name])
        return self._window

    def _follow(self, address: str) -> None:
        if address.startswith(links.DO):
            self._parent.activateWindow()
            self._actions[address.removeprefix(links.DO)].trigger()
        elif address.startswith(links.PAGE) and self._window is not None:
            self._window.show_page(address.removeprefix(links.PAGE))
        else:
            QDesktopServices.openUrl(QUrl(address))

    def rethemed(self) -> None:
        self.menu.set_theme(self.theme)
        if self._window is not None:
            self._window.set_theme(self.theme)
