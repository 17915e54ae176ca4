"""asyncio: one coroutine per worker, all in one thread, one event loop. Each runs until it awaits something that is not
there yet; one that never does keeps the others from running at all, which is what the loop's lateness shows."""

from __future__ import annotations

from typing import Any

from ..lab import Lab
from ..wire.declaration import Model
from ..wire.knob import YIELDS


def run(lab: Lab) -> None:
    import asyncio  # here, so that listing the models does not have to pay for it

    from ..loops import aio

    asyncio.run(aio.together(lab, worker, yields=lab.knobs["yields"] == "after each call"))


async def worker(steps: Any, carry_out: Any) -> None:
    op = steps.next()
    while op is not None:
        try:
            result = await carry_out(op)
        except Exception as problem:
            op = steps.fail(problem)
        else:
            op = steps.next(result)


MODEL = Model(
    name="asyncio",
    title="asyncio",
    summary="coroutines take turns in one thread",
    worker=("coroutine", "coroutines"),
    order=7,
    one_loop=True,
    awaits=True,  # coroutines
    knobs=(YIELDS,),
    run=run,
)
