"""What this process says arrives, whatever it was given to say it to."""

from __future__ import annotations

import io
import logging
import sys
import warnings

import pytest

from playground.start import streams


def abroad(monkeypatch: pytest.MonkeyPatch) -> io.BytesIO:
    """Standard output is a file in the code page of another country. (No fixture: pytest puts its own stream there
    before a test is called.)"""
    monkeypatch.delenv(streams.CHOSEN_BY_USER, raising=False)
    page = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(page, encoding="cp1251"))
    return page


def test_a_file_gets_utf_8(monkeypatch: pytest.MonkeyPatch) -> None:
    page = abroad(monkeypatch)
    with pytest.raises(UnicodeEncodeError):
        print("Processes × threads", flush=True)
    streams.make_fit()
    print("Processes × threads", flush=True)
    assert page.getvalue().decode().rstrip() == "Processes × threads"


def test_a_console_is_let_be(monkeypatch: pytest.MonkeyPatch) -> None:
    abroad(monkeypatch)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    streams.make_fit()
    assert sys.stdout.encoding == "cp1251"


def test_what_the_user_has_chosen_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    abroad(monkeypatch)
    monkeypatch.setenv(streams.CHOSEN_BY_USER, "cp1251")
    streams.make_fit()
    assert sys.stdout.encoding == "cp1251"


def test_where_there_are_no_streams_nothing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    streams.make_fit()
    print("to nobody")
    warnings.showwarning("to nobody", UserWarning, "x.py", 1)
    handler = logging.StreamHandler()
    handler.emit(logging.LogRecord("x", logging.ERROR, "x.py", 1, "%d", ("wrong",), None))  # logging's own error path
    assert sys.stderr.fileno() > 2
    for stream in (sys.stdout, sys.stderr):
        stream.close()
