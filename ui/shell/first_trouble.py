"""An exception that ended the app before its window was there, or after it had gone: what is said then. Qt shows a box
once it has started; before that, `last_words` finds another way."""

from __future__ import annotations

import traceback

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox

from playground.run.faults import described
from playground.start import last_words
from ui.loop.apart import apart
from ui.shell import safe_mode

TITLE = "Concurrency Playground"
UNSEEN = ("offscreen", "minimal")  # where nobody could close a box


def tell(problem: Exception, shown: bool) -> None:
    """`shown`: has there been a window? Then nobody waits for it any more."""
    words = f"{TITLE} {'ended with an error' if shown else 'could not start'}: {described(problem)}"
    trace = "".join(traceback.format_exception(problem))
    apart(QApplication.closeAllWindows)  # a window half made may have threads
    if QApplication.instance() is None:
        last_words.tell(words if shown else f"{trace}{words}")
        return
    last_words.say(f"{trace}{words}")
    if not shown and QGuiApplication.platformName() not in UNSEEN:
        box(words, trace).exec()


def box(words: str, trace: str) -> QMessageBox:
    made = QMessageBox(QMessageBox.Icon.Critical, TITLE, words)
    made.setObjectName("could_not_start")
    made.setDetailedText(trace)
    copy = made.addButton("Copy details", QMessageBox.ButtonRole.ActionRole)
    copy.clicked.disconnect()  # a press copies, and the box stays
    copy.clicked.connect(lambda: QApplication.clipboard().setText(f"{words}\n\n{trace}"))
    safely = made.addButton("Start in safe mode", QMessageBox.ButtonRole.AcceptRole)
    safely.clicked.connect(lambda: safe_mode.start_again(safe=True))
    made.addButton(QMessageBox.StandardButton.Close)
    return made
