"""The number of the worker that the running code belongs to. A context variable follows threads, tasks of asyncio and
greenlets; workers that take turns without a context of their own set it at each of their steps."""

from __future__ import annotations

from contextvars import ContextVar

NOBODY = -1

worker: ContextVar[int] = ContextVar("worker", default=NOBODY)
