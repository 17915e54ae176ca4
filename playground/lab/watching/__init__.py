"""Watching from outside: where the GIL record is (`gil`), the probe that reads it, what threads and processes do as the
system tells it. May import `wire`."""
