"""How a coroutine carries out an op, and what a lab has to know of asyncio's loop: its looks for sockets, whether
anything can wake it, its heartbeat."""

from __future__ import annotations

import asyncio
import contextvars
import sys
from types import CoroutineType
from typing import Any, Awaitable, Callable, Dict, Optional, Type

from ..beside import http_get, plain_messages
from ..blocking.blocking import Methods, Things
from ..recording.coroutine_steps import awaited, note_lines
from ..recording.own_call import Await
from ..wire.ops import Fetch, Op, Sleep, Turn, learnt
from .socket_polls import Polls
from .turns import Turns


class Awaiting:
    def __init__(self, things: Things, polls: Optional[Polls] = None) -> None:
        """`polls` is told of the loop's looks for sockets, from the first fetch on."""
        self._things, self._polls = things, polls
        self._ways: Dict[type, Callable[[Any], Awaitable[Any]]] = {
            Turn: lambda op: asyncio.sleep(0),
            Await: lambda op: awaited(op.whole, op.stretch),
            Sleep: lambda op: asyncio.sleep(op.seconds),
            Fetch: self._fetch,
        }

    def __call__(self, op: Any) -> Any:
        try:
            way = self._ways[type(op)]
        except KeyError:
            way = learnt(op, self._ways, self._ask)
        return way(op)

    def _ask(self, kind: Type[Op]) -> Callable[[Any], Awaitable[Any]]:
        methods, bare = Methods(self._things, kind.method), not kind.arguments

        def way(op: Any) -> Awaitable[Any]:
            result = methods[op.name]() if bare else methods[op.name](*op.arguments)
            if type(result) is CoroutineType or (result is not None and hasattr(result, "__await__")):
                return result
            return at_once(result)

        return way

    def _fetch(self, op: Any) -> Awaitable[Any]:
        if self._polls is not None:
            note_looks(self._polls)
            self._polls = None
        return fetch(op.url)


async def at_once(result: Any) -> Any:
    """The result of an op that takes no waiting, such as giving a lock back."""
    return result


if sys.version_info >= (3, 9):  # 3.8 has none
    to_thread = asyncio.to_thread
else:

    async def to_thread(function: Callable[..., Any], *arguments: Any) -> Any:
        context = contextvars.copy_context()  # the context says which worker the code belongs to
        return await asyncio.get_running_loop().run_in_executor(None, context.run, function, *arguments)


async def fetch(url: str) -> bytes:
    to = http_get.address(url)
    reader, writer = await asyncio.wait_for(asyncio.open_connection(to.host, to.port), http_get.LIMIT_S)
    try:
        writer.write(http_get.request(to))
        return http_get.body(await asyncio.wait_for(reader.read(), http_get.LIMIT_S))
    finally:
        writer.close()


def note_looks(polls: Polls) -> None:
    """Report the loop's looks for sockets to `polls`. This works with asyncio's own loop only."""
    selector = getattr(asyncio.get_running_loop(), "_selector", None)
    if selector is not None:
        selector.select = polls.told(selector.select)


def nothing_wakes(loop: Any) -> bool:
    """Has this loop, which is running the heartbeat, no timer, no socket and no ready task? What another thread may
    bring is not known here. Of another kind of loop than asyncio's own nothing is known: False."""
    try:
        timers = any(not timer.cancelled() for timer in loop._scheduled)
        sockets = len(loop._selector.get_map()) > 1  # one of them wakes the loop from other threads
        return not (timers or sockets or loop._ready or loop._signal_handlers)
    except AttributeError:
        return False


async def together(
    lab: Any, worker: Callable[..., Awaitable[None]], yields: bool = False, remote: bool = False
) -> None:
    """All workers of a lab, each in a coroutine of its own, and the heartbeat beside them. `worker(steps, carry_out)`
    is a worker's whole life."""
    things = lab.things(asyncio)
    await asyncio.gather(*[talk.wait(send, receive) for talk, send, receive in plain_messages.ways(lab, things)])
    turns = lab.turns(yields, remote)
    carry_out = Awaiting(things, turns.polls)
    beside = asyncio.ensure_future(beat(turns))
    await asyncio.gather(*[worker(steps, carry_out) for steps in turns.steps()])
    beside.cancel()


async def beat(turns: Turns) -> None:
    """The loop's heartbeat, until it is cancelled."""
    loop = asyncio.get_running_loop()
    turns.beats.idle = lambda: nothing_wakes(loop)
    turns.beats.note = note_lines
    try:
        while True:
            await asyncio.sleep(turns.beats.next_s())
    finally:
        turns.beats.end()
