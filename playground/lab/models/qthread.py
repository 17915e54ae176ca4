"""QThread: one of Qt's threads per worker, inside this app. They share the GIL with the window, and so are no lab's:
the app carries them out itself (`ui/workers/in_app.py`)."""

from __future__ import annotations

NAME = "qthread"
TITLE = "QThread"
SUMMARY = "Qt's threads, inside this app"
ORDER = 16
HOSTS = ("app",)
SHARED_GIL = True
ONE_PROCESS = True
