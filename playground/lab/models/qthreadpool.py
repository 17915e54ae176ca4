"""QThreadPool: a few of Qt's threads take the workers as tasks, one after the other, inside this app. Those that wait
in the pool's queue are lanes too. The app carries them out itself (`ui/workers/in_app.py`)."""

from __future__ import annotations

from ..wire.knob import POOL_SIZE

NAME = "qthreadpool"
TITLE = "QThreadPool"
SUMMARY = "Qt's pool of threads, inside this app"
ORDER = 17
HOSTS = ("app",)
SHARED_GIL = True
ONE_PROCESS = True
KNOBS = (POOL_SIZE,)
