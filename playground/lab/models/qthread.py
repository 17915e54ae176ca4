"""QThread: one of Qt's threads per worker, inside this app. They share the GIL with the window, so no lab can run them:
the app carries them out itself (`ui/workers/in_app.py`)."""

from __future__ import annotations

from ..wire.declaration import Model

MODEL = Model(
    name="qthread",
    title="QThread",
    summary="Qt's threads, inside this app",
    order=16,
    hosts=("app",),
    shared_gil=True,
)
