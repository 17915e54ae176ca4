"""The UI thread: the work runs between two events of the window, which does not respond until the work is done. To show
that is the purpose of this place, so the user is asked first."""

from __future__ import annotations

from playground.hosts import Host, UiThread

LONGEST_S = 5.0

HOST = Host(
    name="ui",
    title="the UI thread",
    preposition="on",
    short="the UI",
    note=f"freezes this window, serial only, {LONGEST_S:g} s at most",
    order=30,
    by=UiThread(),
    usual_model="serial",
    usual_s=2.0,  # long enough to feel, short enough to forgive
    longest_s=LONGEST_S,
    longest_unheard_s=LONGEST_S,
    other_pythons=False,
    own_processes=False,
    shares_gil=True,
    freezes=True,
    stops_window=True,
    ends_workers=False,
    stranger="this window",
)
