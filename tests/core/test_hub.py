"""The hub that generators, greenlets and tasklets have in common, by itself: who goes on when, with what. Who waits is
only a name here."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from playground.lab.beside import http_get
from playground.lab.loops import hub
from playground.lab.loops.hub import Hub
from playground.lab.wire.ops import (
    EVENT,
    LOCK,
    TURN,
    Acquire,
    Call,
    Fetch,
    Get,
    Op,
    Put,
    Release,
    Set,
    Sleep,
    Wait,
    queue,
    semaphore,
)

SHARED = {"door": LOCK, "room": semaphore(2), "belt": queue(), "narrow": queue(1), "go": EVENT}


@pytest.fixture
def made() -> Hub:
    return Hub(SHARED)


def begin(made: Hub, who: str, *ops: Op) -> None:
    for op in ops:
        made.begin(op, who)


def turn(made: Hub) -> list[tuple[str, object]]:
    return [(who, outcome.get()) for who, outcome in made.turn(wait=False)]


def names(made: Hub) -> str:
    return "".join(who for who, _ in turn(made))


def test_each_goes_on_once_a_turn_in_the_order_in_which_they_came(made: Hub) -> None:
    for who in "abc":
        begin(made, who, TURN)
    seen = ""
    for who, _ in made.turn():
        seen += who
        begin(made, who, TURN)
    assert seen == "abc"
    assert names(made) == "abc"
    assert names(made) == ""


def test_who_has_to_wake_first_wakes_first(made: Hub) -> None:
    begin(made, "late", Sleep(0.03))
    begin(made, "soon", Sleep(0.01))
    begin(made, "too", Sleep(0.01))
    woken: list[object] = []
    while len(woken) < 3:
        woken += [who for who, _ in made.turn()]
    assert woken == ["soon", "too", "late"]


def test_those_that_wake_at_the_same_moment_keep_their_order(made: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = hub.clock()
    monkeypatch.setattr(hub, "clock", lambda: moment)
    for who in "abcde":
        begin(made, who, Sleep(0.1))
    moment += 0.2
    assert names(made) == "abcde"


def test_what_need_not_wait_goes_on_before_all_others(made: Hub) -> None:
    begin(made, "a", TURN)
    begin(made, "b", Acquire("door"))
    assert names(made) == "ba"


def test_a_lock_is_handed_on_in_the_order_of_the_line(made: Hub) -> None:
    for who in "abc":
        begin(made, who, Acquire("door"))
    assert names(made) == "a"
    for holder, follower in ("ab", "bc"):
        begin(made, holder, Release("door"))
        assert names(made) == holder + follower
    begin(made, "c", Release("door"))
    assert names(made) == "c"
    begin(made, "d", Acquire("door"))
    assert names(made) == "d"


def test_a_semaphore_lets_in_as_many_as_it_says(made: Hub) -> None:
    for who in "abc":
        begin(made, who, Acquire("room"))
    assert sorted(names(made)) == ["a", "b"]
    begin(made, "a", Release("room"))
    assert sorted(names(made)) == ["a", "c"]


def test_an_empty_queue_is_waited_for_and_first_come_is_first_served(made: Hub) -> None:
    begin(made, "x", Get("belt"))
    begin(made, "y", Get("belt"))
    assert turn(made) == []
    begin(made, "p", Put("belt", 1))
    assert turn(made) == [("p", None), ("x", 1)]
    begin(made, "p", Put("belt", 2))
    begin(made, "p", Put("belt", 3))
    assert ("y", 2) in turn(made)
    begin(made, "x", Get("belt"))
    assert turn(made) == [("x", 3)]


def test_a_full_queue_is_waited_for_and_keeps_the_order(made: Hub) -> None:
    begin(made, "p", Put("narrow", 1))
    assert names(made) == "p"
    begin(made, "q", Put("narrow", 2))
    begin(made, "r", Put("narrow", 3))
    assert names(made) == ""
    taken = []
    for let_in in ("q", "r", ""):
        begin(made, "x", Get("narrow"))
        done = dict(turn(made))
        taken.append(done.pop("x"))
        assert "".join(done) == let_in
    assert taken == [1, 2, 3]


def test_an_event_lets_all_go_on_and_is_not_waited_for_afterwards(made: Hub) -> None:
    for who in "ab":
        begin(made, who, Wait("go"))
    assert names(made) == ""
    begin(made, "s", Set("go"))
    assert names(made) == "sab"
    begin(made, "c", Wait("go"))
    assert names(made) == "c"


def test_nothing_as_an_item_is_an_item(made: Hub) -> None:
    begin(made, "p", Put("belt", None))
    begin(made, "x", Get("belt"))
    assert turn(made) == [("x", None), ("p", None)]


def test_an_op_that_a_hub_cannot_do_is_the_problem_of_who_asked_for_it(made: Hub) -> None:
    begin(made, "a", Call(int))
    begin(made, "b", TURN)
    [(asked, outcome), (other, fine)] = made.turn()
    assert (asked, other, fine.get()) == ("a", "b", None)
    with pytest.raises(TypeError, match=r"cannot do Call\(int\(\)\)"):
        outcome.get()


# --- sockets


class Held(BaseHTTPRequestHandler):
    """Answers when the test says so."""

    let_go = threading.Event()

    def do_GET(self) -> None:
        self.let_go.wait(20)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.path.encode() * 50_000)  # more than one piece

    def log_message(self, *words: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[int]:
    Held.let_go.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Held) as server:
        threading.Thread(target=server.serve_forever, name="pages").start()
        try:
            yield server.server_port
        finally:
            Held.let_go.set()
            server.shutdown()


def outcomes(made: Hub, many: int) -> dict[str, hub.Outcome]:
    done: dict[str, hub.Outcome] = {}
    begin(made, "alarm", Sleep(20))
    while len(done) < many:
        done.update(made.turn())
        assert "alarm" not in done, f"only {sorted(done)} came back"
    return done


def test_sleepers_wake_while_pages_are_waited_for(made: Hub) -> None:
    with serving() as port:
        for who in "ab":
            begin(made, who, Fetch(f"http://127.0.0.1:{port}/{who}"))
        begin(made, "s", Sleep(0.01))
        assert set(outcomes(made, 1)) == {"s"}
        Held.let_go.set()
        done = outcomes(made, 2)
    assert {who: outcome.get() for who, outcome in done.items()} == {who: f"/{who}".encode() * 50_000 for who in "ab"}


def test_all_addresses_of_a_name_are_tried(made: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as port:
        Held.let_go.set()
        closed = unused_port()
        stream = (socket.AF_INET, socket.SOCK_STREAM, 0, "")
        found = [(*stream, ("127.0.0.1", closed)), (*stream, ("127.0.0.1", port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **kind: found)
        begin(made, "a", Fetch(f"http://somewhere:{port}/x"))
        assert outcomes(made, 1)["a"].get().startswith(b"/x")


def test_a_server_that_is_not_there_is_the_problem_of_who_asked(made: Hub) -> None:
    begin(made, "a", Fetch(f"http://127.0.0.1:{unused_port()}/"))
    begin(made, "b", Fetch("ftp://127.0.0.1/"))
    done = outcomes(made, 2)
    assert isinstance(done["a"].problem, ConnectionRefusedError)
    assert isinstance(done["b"].problem, ValueError)
    with pytest.raises(ConnectionRefusedError):
        done["a"].get()


def test_an_answer_is_not_waited_for_for_ever(made: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_get, "LIMIT_S", 0.1)
    with serving() as port:
        begin(made, "a", Fetch(f"http://127.0.0.1:{port}/"))
        begin(made, "beat", Sleep(0.2))
        done = outcomes(made, 2)
    assert str(done["a"].problem) == "no answer within 0.1 s"
    assert not made._fetches
    assert not made._sockets.get_map()


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
