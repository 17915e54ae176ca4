"""QThreadPool: a few of Qt's threads take the workers as tasks, one after the other, inside this app. Those that wait
in the pool's queue are lanes too. The app carries them out itself (`ui/workers/in_app.py`)."""

from __future__ import annotations

from ..wire.declaration import Model
from ..wire.knob import POOL_SIZE

MODEL = Model(
    name="qthreadpool",
    title="QThreadPool",
    summary="Qt's pool of threads, inside this app",
    order=17,
    hosts=("app",),
    shared_gil=True,
    knobs=(POOL_SIZE,),
)
