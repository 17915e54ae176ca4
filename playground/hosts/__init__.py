"""Places to run. Every file here without a leading underscore is one place: it declares `HOST = Host(…)`, which holds
all facts about the place, from its title to its clock. To add a place is to add a file; nothing is registered. A file
that cannot be loaded is listed with the reason, and the other places work.

Import `every`, `named`, `usual` and the parts of a declaration from here."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from playground.hosts._core_meter import CoreMeter as CoreMeter
from playground.hosts._core_meter import CoreSample as CoreSample
from playground.hosts._hardware import HERE as HERE
from playground.hosts._hardware import SAME_CLOCK as SAME_CLOCK
from playground.hosts._hardware import Clock as Clock
from playground.hosts._hardware import Hardware as Hardware
from playground.hosts._host import AppThreads as AppThreads
from playground.hosts._host import Host as Host
from playground.hosts._host import Lab as Lab
from playground.hosts._host import UiThread as UiThread
from playground.hosts._host import problem
from playground.hosts._task_limits import Left as Left
from playground.hosts._task_limits import System as System
from playground.lab.wire import added
from playground.start.command import lab_command as lab_command

__path__ += added.folders("hosts")


@cache
def every() -> tuple[Host, ...]:
    """All places, available or not, in the order of their `order`."""
    found: dict[str, Host] = {}
    files: set[str] = set()
    for folder in __path__:
        for info in pkgutil.iter_modules([folder]):
            if not info.name.startswith("_"):
                why = f"there is a file {info.name}.py already" if info.name in files else None
                host = _unavailable(info.name, why, found) if why else _loaded(info.name, found)
                found[host.name] = host
                files.add(info.name)
    return tuple(sorted(found.values(), key=lambda host: (host.order, host.name)))


def _loaded(file: str, others: Mapping[str, Host]) -> Host:
    try:
        host = importlib.import_module(f"{__name__}.{file}").HOST
        why = problem(host)
        if why is None and host.name in others:
            why = f"there is a place {host.name!r} already"
        if why is None:
            assert isinstance(host, Host)
            return host
    except (Exception, SystemExit) as wrong:
        why = repr(wrong)
    return _unavailable(file, why, others)


def _unavailable(file: str, why: str, others: Mapping[str, Host]) -> Host:
    """A place that cannot be used. It has its file's name, with `.py` if another place has that name already."""
    name = file.replace("_", "-")
    name = f"{file}.py" if name in others else name
    return Host(name=name, title=name, by=Lab(), available=False, why=f"{file}.py: {why}")


def named(name: str) -> Host:
    found = next((host for host in every() if host.name == name), None)
    if found is None:
        raise LookupError(f"there is no place {name!r}")
    return found


def usual() -> Host:
    """The place of a recipe that names none."""
    return every()[0]


def usual_of(model_hosts: tuple[str, ...]) -> Host:
    """The first place that takes a model. `model_hosts`: the places that the model names."""
    return next((host for host in every() if host.takes(model_hosts)), usual())
