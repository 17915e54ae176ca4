"""Which Pythons this machine has; each is asked once who it is and what it can run. `places` knows where they are kept,
`asking` asks, `cache` remembers the answers, `names` finds one by `3.13t`, `refusals` says what one cannot run."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playground.interpreters import asking, names
from playground.interpreters.asking import GivenUp as GivenUp
from playground.interpreters.cache import Cache as Cache
from playground.interpreters.interpreter import Interpreter as Interpreter
from playground.interpreters.interpreter import in_order as in_order
from playground.interpreters.interpreter import own as own
from playground.interpreters.interpreter import own_anew as own_anew
from playground.interpreters.names import matching as matching
from playground.interpreters.names import short_names as short_names
from playground.interpreters.places import absolute as absolute
from playground.interpreters.places import beside as beside
from playground.interpreters.places import candidates
from playground.interpreters.places import identity as identity
from playground.interpreters.refusals import check as check
from playground.interpreters.refusals import mending_command as mending_command
from playground.interpreters.refusals import reason as reason
from playground.interpreters.refusals import why_not as why_not
from playground.recipe.python_name import is_name as is_name
from playground.recipe.python_name import number_in as number_in

AT_ONCE = 4  # Pythons asked at the same time, where somebody waits for all


def ask(path: str, cache: Cache | None = None, give_up: threading.Event | None = None) -> Interpreter:
    """The Python at `path`. It is not asked again while its kept answer still holds."""
    cache = cache or Cache()
    known = cache.get(path)
    if known is None:
        asked = asking.ask(path, give_up)
        cache.put(asked)
        cache.save()
        known = asked.interpreter
    return known


def answers(also: Sequence[str | Path], cache: Cache, give_up: threading.Event) -> Iterator[Interpreter]:
    """Each Python as its answer comes; those with a kept answer come first."""
    unknown = []
    for path in candidates(also):
        known = cache.get(path)
        if known is None:
            unknown.append(path)
        elif worth_listing(known):
            yield known
    yield from filter(worth_listing, (ask(path, cache, give_up) for path in unknown))


def find(also: Sequence[str | Path] = ()) -> list[Interpreter]:
    """All Pythons of this machine. The first time this takes a second or so, so it is not for the UI thread."""
    cache = Cache()
    kept = {path: cache.get(path) for path in candidates(also)}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = list(pool.map(asking.ask, [path for path, known in kept.items() if known is None]))
    for one in asked:
        cache.put(one)
    if asked:
        cache.save()
    found = [*filter(None, kept.values()), *(one.interpreter for one in asked)]
    return in_order([own(), *filter(worth_listing, found)])


def worth_listing(one: Interpreter) -> bool:
    """A GraalPy is listed only if it can be a lab: few people have one, and not every one is made for that."""
    return one.available or not Path(one.path).name.startswith("graalpy")


def named(text: str, also: Sequence[str | Path] = ()) -> Interpreter:
    """The interpreter that a recipe names: empty for this Python, else a path or a short name as in `list
    interpreters`. It is started to say who it is, so a name from elsewhere needs the user's word first."""
    return names.named(text, lambda: find(also), ask) if text else own()


def known(text: str) -> Interpreter | None:
    """As `named`, but nothing is started: only a kept answer that still holds is used, or None."""
    if is_name(text):
        return matching(text, [own(), *Cache().all()])
    return Cache().get(absolute(text)) if text else own()
