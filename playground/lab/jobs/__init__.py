"""One file for each job: its ops, what it makes before its workers start, and last its declaration, JOB
(wire/declaration.py has what can be said there). Its `ops` is a generator of ops; amount None means without end."""

from ..wire import added

__path__ += added.folders("jobs")
