"""This app: threads that share the GIL with the window, so that its effect can be felt. A thread cannot be killed, so
runs are short."""

from __future__ import annotations

from playground.hosts import AppThreads, Host

LONGEST_S = 10.0

HOST = Host(
    name="app",
    title="this app",
    note=f"shares this window's GIL, threads only, {LONGEST_S:g} s at most",
    also=("this window",),
    order=20,
    by=AppThreads(),
    instead={"thread-pool": "qthreadpool"},
    usual_s=5.0,  # long enough to feel, short enough to forgive
    longest_s=LONGEST_S,
    longest_unheard_s=5.0,
    other_pythons=False,
    own_processes=False,
    shares_gil=True,
    freezes=True,
    ends_workers=False,
    stranger="this window",
)
