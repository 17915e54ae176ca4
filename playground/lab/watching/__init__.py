"""Watching from outside: where the GIL record is (`gil`), the probe that reads it, and what threads and processes do
according to the system. May import `wire`."""
