"""InterpreterFinder: asks every Python on this machine who it is, in the background, once per start."""

from __future__ import annotations

from PySide6.QtCore import QThread, Signal

from playground import interpreters


class InterpreterFinder(QThread):
    found = Signal(list)  # of interpreters.Interpreter

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("interpreters")

    def run(self) -> None:
        found = [interpreters.own()]
        for path in interpreters.candidates():
            if self.isInterruptionRequested():
                return
            found.append(interpreters.ask(path))
        self.found.emit(interpreters.in_order(found))

    def shut_down(self) -> None:
        self.requestInterruption()
        self.wait()
