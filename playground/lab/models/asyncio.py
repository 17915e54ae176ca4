"""asyncio: one coroutine per worker, all in one thread, one event loop. Each runs until it awaits something that is not
there yet; one that never does keeps the others from running at all, which is what the loop's lateness shows."""

from __future__ import annotations

from typing import Any

from ..beside import plain_messages
from ..lab import Lab
from ..wire.declaration import Model
from ..wire.knob import YIELDS


def run(lab: Lab) -> None:
    import asyncio  # here, so that listing the models does not have to pay for it

    asyncio.run(main(lab))


async def main(lab: Lab) -> None:
    import asyncio

    from ..loops import aio

    things = lab.things(asyncio)
    await asyncio.gather(*plain_messages.awaiting(lab, things))
    turns = lab.turns(yields=lab.knobs["yields"] == "after each call")
    carry_out = aio.Awaiting(things, turns.polls)
    beat = asyncio.ensure_future(aio.beat(turns))
    await asyncio.gather(*[worker(steps, carry_out) for steps in turns.steps()])
    beat.cancel()


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
