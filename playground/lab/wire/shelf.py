"""Finds the models and jobs: each file in `models/` and `jobs/` declares one, and bears its name. Nothing is registered
anywhere; to add one is to add a file, there or in a folder of the user's own (wire/added.py). A file that cannot be
used here is listed with the reason."""

from __future__ import annotations

import importlib
import os
import pkgutil
import re
from typing import Any, Dict, Iterator, List, Tuple, Type, TypeVar

from .declaration import Job, Model

Kind = TypeVar("Kind", Model, Job)

FOLDERS = {Model: "models", Job: "jobs"}
LAB = __name__.rsplit(".", 2)[0]  # the package in which they are
ODD_FIELD = re.compile(r"unexpected keyword argument '(\w+)'")
MISSING_FIELD = re.compile(r"missing \d+ required positional arguments?: (.*)")
_loaded: Dict[Tuple[type, str], Any] = {}


class Misdeclared(Exception):
    """What is wrong with a declaration, in words for its author."""


def places(kind: Type[Any]) -> Iterator[Tuple[str, str]]:
    """Each model or job: its name as typed, which is the file's with dashes; and its file."""
    package = importlib.import_module("%s.%s" % (LAB, FOLDERS[kind]))
    for folder in package.__path__:
        for info in pkgutil.iter_modules([folder]):
            if not info.name.startswith("_"):
                yield info.name.replace("_", "-"), os.path.join(folder, info.name + ".py")


def load(kind: Type[Kind], name: str) -> Kind:
    """What the file of that name declares."""
    if (kind, name) not in _loaded:
        try:
            module = importlib.import_module("%s.%s.%s" % (LAB, FOLDERS[kind], name.replace("-", "_")))
        except TypeError as problem:
            raise _in_words(kind, problem) from problem
        _loaded[kind, name] = declared(kind, name, module)
    found: Kind = _loaded[kind, name]
    return found


def declared(kind: Type[Kind], name: str, module: Any) -> Kind:
    word = kind.__name__.upper()
    entry = getattr(module, word, None)
    if not isinstance(entry, kind):
        raise Misdeclared("it declares no %s = %s(…)" % (word, kind.__name__))
    problem = entry.problem()
    if problem is None and entry.name != name:
        problem = "its %s is named %r, and its file %r" % (word, entry.name, name)
    if problem is not None:
        raise Misdeclared(problem)
    return entry


def entries(kind: Type[Kind]) -> List[Kind]:
    """All models or all jobs, in the order that their files ask for, with the reason where one cannot be used."""
    found: List[Kind] = []
    for name, file in places(kind):
        twice = any(one.name == name for one in found)
        why = "%s is left out, as another file has that name" % file
        found.append(kind(name, name, "", why=why) if twice else _entry(kind, name))
    return sorted(found, key=lambda entry: (entry.order, entry.name))


def _entry(kind: Type[Kind], name: str) -> Kind:
    try:
        entry = load(kind, name)
        return entry._replace(why=entry.unavailable() if entry.unavailable else None)
    except Misdeclared as problem:
        why = str(problem)
    except (Exception, SystemExit) as problem:
        why = "%s: %s" % (type(problem).__name__, problem)
    return kind(name, name, "", why=why)


def _in_words(kind: Type[Any], problem: TypeError) -> Exception:
    """What Python says where a declaration has a field too many, or lacks one, in words for its author."""
    word, odd, missing = kind.__name__.upper(), ODD_FIELD.search(str(problem)), MISSING_FIELD.search(str(problem))
    if "__new__" not in str(problem):
        return problem
    if odd:
        return Misdeclared("its %s has no field %s; there are: %s" % (word, odd[1], ", ".join(kind._fields[:-1])))
    return Misdeclared("its %s lacks %s" % (word, missing[1])) if missing else problem
