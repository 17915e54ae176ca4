"""A newer version: the order of versions, and what is asked of a real server, which may answer anything."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count, pairwise
from typing import ClassVar
from urllib.error import HTTPError
from urllib.request import Request

import pytest

from playground.start import newer_version
from playground.start.newer_version import NoAnswer, asked, is_news, order

IN_ORDER = (
    *("0.9", "1.0.dev1", "1.0a1.dev1", "1.0a1", "1.0a2", "1.0b1", "1.0rc1", "1.0rc2", "1.0", "1.0.post1", "1.0.1"),
    *("1.1.dev3", "1.1", "1.9", "1.10", "2"),
)


def test_versions_are_ordered_as_pep_440_orders_them() -> None:
    keys = [order(version) for version in IN_ORDER]
    assert None not in keys
    for (before, after), names in zip(pairwise(keys), pairwise(IN_ORDER), strict=True):
        assert before < after, names  # type: ignore[operator]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.0", "1"),
        ("1.0.0", "v1.0"),
        ("1.0-beta.2", "1.0b2"),
        ("1.0+deb12", "1.0"),
        ("1.0RC1", "1.0c1"),
        ("1-1", "1.post1"),
    ],
)
def test_versions_that_are_the_same(one: str, other: str) -> None:
    assert order(one) == order(other) is not None


@pytest.mark.parametrize("text", ["", "x", "1.", "1..2", "1.0 2", "../1", "1" * 50, "1.0\n<b>", "٣.1x"])
def test_what_is_no_version(text: str) -> None:
    assert order(text) is None
    assert not is_news(text, "0.1.0")


@pytest.mark.parametrize(
    ("there", "here", "news"),
    [
        *(("0.2.0", "0.1.0", True), ("0.1.0", "0.1.0", False), ("0.1", "0.1.0", False), ("0.0.9", "0.1.0", False)),
        *(("0.2.0rc1", "0.1.0", False), ("0.2.0rc1", "0.2.0b1", True), ("0.2.0", "0.2.0rc1", True)),
        *(("0.1.0.post1", "0.1.0", True), ("0.2.0.dev1", "0.1.0", False)),
    ],
)
def test_what_is_news(there: str, here: str, news: bool) -> None:
    assert is_news(there, here) is news


class Server(BaseHTTPRequestHandler):
    answers: ClassVar[dict[str, tuple[int, bytes]]] = {}
    heard: ClassVar[list[tuple[str, dict[str, str]]]] = []

    def do_GET(self) -> None:
        self.heard.append((self.path, dict(self.headers)))
        status, content = self.answers.get(self.path, (404, b""))
        self.send_response(status)
        if status == 302:
            self.send_header("Location", content.decode())
            content = b""
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        try:
            self.wfile.write(content)
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    Server.answers, Server.heard = {}, []
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


ODD: tuple[object, ...] = (None, 3, [], "", "<b>1</b>", "9" * 60)


def named(version: object) -> bytes:
    return json.dumps({"info": {"version": version, "summary": "x"}, "releases": {}}).encode()


def test_the_version_is_read_and_the_request_says_nothing(server: str) -> None:
    Server.answers["/"] = 200, named("0.2.0")
    assert asked(f"{server}/") == "0.2.0"
    ((path, headers),) = Server.heard
    assert path == "/"
    assert {name.lower() for name in headers} <= {"host", "user-agent", "accept", "accept-encoding", "connection"}
    assert headers["User-Agent"] == "concurrency-playground"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        *(named(odd) for odd in ODD),
    ],
)
def test_other_answers_are_no_answer(server: str, content: bytes) -> None:
    Server.answers["/"] = 200, content
    with pytest.raises(NoAnswer):
        asked(f"{server}/")


@pytest.mark.parametrize("status", [204, 404, 500])
def test_nor_is_an_error(server: str, status: int) -> None:
    Server.answers["/"] = status, b""
    with pytest.raises(NoAnswer):
        asked(f"{server}/")


def test_nobody_there() -> None:
    with pytest.raises(NoAnswer):
        asked("http://127.0.0.1:9/")


def test_an_answer_without_end_is_left(server: str) -> None:
    Server.answers["/"] = 200, named("0.2.0").ljust(newer_version.MOST_BYTES + 1)
    with pytest.raises(NoAnswer, match="too long"):
        asked(f"{server}/")


def test_one_that_drips_is_left(server: str) -> None:
    Server.answers["/"] = 200, named("0.2.0").ljust(1_000_000)
    clock = count(0.0, newer_version.WHOLE_S)
    with pytest.raises(NoAnswer, match="takes too long"):
        asked(f"{server}/", lambda: next(clock))


def test_no_way_leads_to_http(server: str) -> None:
    Server.answers |= {"/": (302, f"{server}/other".encode()), "/other": (200, named("0.2.0"))}
    with pytest.raises(NoAnswer, match="leads away from https"):
        asked(f"{server}/")
    assert [path for path, _ in Server.heard] == ["/"]


def test_a_way_to_https_is_followed_and_to_a_file_is_not() -> None:
    handler, request = newer_version._NoWayDown(), Request("https://one.invalid/")
    found = handler.redirect_request(request, None, 302, "", {}, "https://other.invalid/")
    assert found is not None
    assert found.full_url == "https://other.invalid/"
    with pytest.raises(HTTPError):
        handler.redirect_request(request, None, 302, "", {}, "file:///etc/passwd")


def test_the_real_addresses_are_https() -> None:
    assert newer_version.ADDRESS.startswith("https://")
    assert newer_version.PAGE.startswith("https://")
