"""Whose the code is that runs now: the worker's number, wherever that runs. A context variable follows threads, tasks
of asyncio and greenlets; where workers take turns without a context of their own it is set at each of their steps."""

from __future__ import annotations

from contextvars import ContextVar

NOBODY = -1

worker: ContextVar[int] = ContextVar("worker", default=NOBODY)
