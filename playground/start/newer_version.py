"""Is there a newer version? One address is asked for the number of the newest one, and only that number is read. The
request says nothing of this computer or its user: no version, no identifier. Nothing is ever fetched or run; the user
learns where to look. Standard library only."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

ADDRESS = "https://pypi.org/pypi/concurrency-playground/json"
PAGE = "https://pypi.org/project/concurrency-playground/"  # what the user is offered to open
AGENT = {"User-Agent": "concurrency-playground", "Accept": "application/json"}
MOST_BYTES = 2_000_000
ANSWER_S, WHOLE_S = 10.0, 20.0  # for each answer of the server, and for all of it
PIECE = 65_536
_VERSION = re.compile(
    r"v?(?P<numbers>\d{1,9}(?:\.\d{1,9}){0,7})(?:[-_.]?(?P<kind>a|alpha|b|beta|rc|c|pre|preview)[-_.]?(?P<n>\d{0,9}))?"
    r"(?:(?:-|[-_.]?(?:post|rev|r)[-_.]?)(?P<post>\d{1,9}))?(?:[-_.]?dev[-_.]?(?P<dev>\d{0,9}))?(?:\+[a-z0-9.]{1,40})?",
    re.IGNORECASE,
)
_KINDS = {"a": 0, "alpha": 0, "b": 1, "beta": 1}  # all others: a release candidate
_CANDIDATE, _RELEASE = 2, 3
_NEVER = 10**9  # higher than any number here: what is no dev version comes after those


class NoAnswer(Exception):
    """Nothing was learnt; the reason is for the log."""


def order(version: str) -> tuple[Any, ...] | None:
    """What versions are sorted by, as PEP 440 has it; None for what is no version."""
    found = _VERSION.fullmatch(version.strip())
    if found is None:
        return None
    numbers = [int(one) for one in found["numbers"].split(".")]
    while len(numbers) > 1 and not numbers[-1]:
        numbers.pop()  # 1.0 is 1
    dev = _NEVER if found["dev"] is None else int(found["dev"] or 0)
    kind = _RELEASE if found["kind"] is None else _KINDS.get(found["kind"].lower(), _CANDIDATE)
    if kind == _RELEASE and found["post"] is None and dev < _NEVER:
        kind = -1  # 1.0.dev1 comes before 1.0a1
    return tuple(numbers), kind, int(found["n"] or 0), int(found["post"] or -1), dev


def is_trial(version: str) -> bool:
    """Is it an alpha, a beta, a candidate or a version in the making?"""
    key = order(version)
    return key is not None and (key[1] != _RELEASE or key[4] < _NEVER)


def is_news(there: str, here: str) -> bool:
    """Is the version there newer than ours, and one for us? Trial versions are for those who have one."""
    newest, own = order(there), order(here)
    return newest is not None and own is not None and newest > own and (is_trial(here) or not is_trial(there))


class _NoWayDown(HTTPRedirectHandler):
    """Follows to https only: what comes over http could be written by anybody on the way."""

    max_redirections = 3

    def redirect_request(self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Request | None:
        if urlsplit(newurl).scheme != "https":
            raise HTTPError(newurl, code, "leads away from https", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def asked(address: str = ADDRESS, now: Callable[[], float] = time.monotonic) -> str:
    """The number of the newest version. Raises NoAnswer."""
    try:
        with build_opener(_NoWayDown).open(Request(address, headers=AGENT), timeout=ANSWER_S) as answer:
            return _version_in(_content(answer, now))
    except (OSError, ValueError, RecursionError, http.client.HTTPException) as problem:
        raise NoAnswer(f"{type(problem).__name__}: {str(problem)[:200]}") from None


def _content(answer: Any, now: Callable[[], float]) -> bytes:
    end, pieces, size = now() + WHOLE_S, [], 0
    while piece := answer.read1(PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > MOST_BYTES:
            raise ValueError("the answer is too long")
        if now() > end:
            raise ValueError("the answer takes too long")
    return b"".join(pieces)


def _version_in(content: bytes) -> str:
    told = json.loads(content)
    information = told.get("info") if isinstance(told, dict) else None
    version = information.get("version") if isinstance(information, dict) else None
    if not isinstance(version, str) or order(version) is None:
        raise ValueError("the answer names no version")
    return version.strip()
