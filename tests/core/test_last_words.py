"""What is said where there is no window: on a terminal as text, after a double click by a box of the system."""

from __future__ import annotations

import shutil
import sys

import pytest

from playground.start import last_words


@pytest.fixture
def zenity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name == "zenity" else None)
    monkeypatch.setattr(sys, "platform", "linux")


def test_on_a_terminal_there_is_no_box(zenity: None) -> None:
    assert last_words.command_of_box({"DISPLAY": ":0"}, "no") == []


@pytest.mark.parametrize("name", last_words.BY_ICON)
def test_after_a_double_click_there_is(zenity: None, name: str) -> None:
    box = last_words.command_of_box({name: "x"}, "Qt is missing")
    assert box[0] == "zenity"
    assert box[-1] == "Qt is missing"


def test_without_a_program_for_boxes_there_is_none(zenity: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert last_words.command_of_box({last_words.BY_ICON[0]: "x"}, "no") == []


def test_on_macos_words_cannot_become_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    words = 'a " & (do shell script "x") & \\'
    script = last_words.command_of_box({"XPC_SERVICE_NAME": "application.x"}, words)[-1]
    assert 'message "a \\" & (do shell script \\"x\\") & \\\\"' in script
    assert last_words.command_of_box({"XPC_SERVICE_NAME": "0"}, words) == []


def test_without_stderr_nothing_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    last_words.tell("nobody hears it")


def test_what_was_raised_is_said_with_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ImportError) as raised:
        raise ImportError("no Qt here")
    assert last_words.tell_raised(raised.value) == 1
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert said.endswith("ImportError: no Qt here\n\n")


def test_ctrl_c_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert last_words.tell_raised(KeyboardInterrupt()) == 130
    assert capsys.readouterr().err == "stopped\n"
