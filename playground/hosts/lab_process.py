"""A lab process: separate from the window, which it never disturbs. The usual place."""

from __future__ import annotations

from playground.hosts import Host, Lab

HOST = Host(
    name="lab",
    title="a lab process",
    short="a lab",
    note="beside this window",
    order=10,
    by=Lab(),
    instead={"qthreadpool": "thread-pool"},
)
