"""One file for each job: its ops, what it makes before its workers start, and last its declaration, JOB
(wire/declaration.py lists what can be said there). Its `ops` is a generator of ops; with amount None it has no end."""

from ..wire import added

__path__ += added.folders("jobs")
