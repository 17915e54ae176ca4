"""asyncio with `to_thread`: the loop only waits; each piece of work goes to a pool of threads (`to_thread` uses the
loop's own). So the loop is on time whatever the work does, and the work is bound by the GIL as threads are."""

from __future__ import annotations

from functools import partial
from typing import Any, Callable

from ..lab import Lab
from ..loops import helper_calls
from ..loops.turns import Steps
from ..recording.control import Control
from ..wire.declaration import Model
from ..wire.ops import Call, Op


def run(lab: Lab) -> None:
    import asyncio  # here, so that listing the models does not have to pay for it

    from ..loops import aio

    asyncio.run(aio.together(lab, partial(worker, lab.control, aio.to_thread), remote=True))


async def worker(control: Control, to_thread: Any, steps: Steps, carry_out: Callable[[Op], Any]) -> None:
    op = steps.next()
    while op is not None:
        try:
            if isinstance(op, Call):
                ran = await to_thread(helper_calls.run, op, control)
                steps.ran(ran)
                result = ran.result
            else:
                result = await carry_out(op)
        except Exception as problem:
            op = steps.fail(problem)
        else:
            op = steps.next(result)


MODEL = Model(
    name="asyncio-to-thread",
    title="asyncio + to_thread",
    summary="the loop waits, threads work",
    worker=("coroutine", "coroutines"),
    order=8,
    shared_gil=True,
    one_loop=True,
    awaits=True,  # coroutines
    run=run,
)
