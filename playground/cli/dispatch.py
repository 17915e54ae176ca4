"""Which part of the app the arguments call: the window, a command, or one of the app's own processes. Standard library
only: this runs before `.venv` is there, and nothing slow is imported until it is needed."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from playground.cli import first_word
from playground.start import bootstrap, last_words, streams
from playground.start.own_environment import NAME, ROOT, VERSION
from playground.start.start_trouble import Trouble

HELP = """\
usage: python3 main.py [command]
  (no command)                   open the window; the first start makes .venv with what the app needs
  FILE.recipe.toml, FILE.py      open the window with this recipe or code, shown first and not run
  run, list, bench, lesson NAME  without a window (bench and --screenshot need a display)
  --screenshot OUT.png           start, show, grab, end
  --safe-mode                    the window with default settings, and nothing restored
  --version
All options are listed once .venv is there: start python3 main.py first."""

OWN_PROCESSES = {  # command → the module of the process
    "lab": "playground.lab.__main__",
    "probe": "playground.lab.watching.probe",
    "way-out": "playground.lab.beside.way_out",
    "server": "playground.lab.server",
}

Main = Callable[[list[str]], int]


def prepare(argv: list[str]) -> Main | None:
    """The function that runs `argv`, or None for the window. Does not return if .venv's Python takes over."""
    streams.make_fit()
    if bootstrap.is_frozen():
        import multiprocessing

        multiprocessing.freeze_support()  # a worker process of the packaged app never returns from here
    command = argv[0] if argv else ""
    if command in OWN_PROCESSES:
        own: Main = import_module(OWN_PROCESSES[command]).main
        return lambda argv: own(argv[1:])
    if command == "--version":
        return lambda argv: told(f"{NAME} {VERSION}")
    if command in ("-h", "--help") and not bootstrap.is_usable():
        return lambda argv: told(HELP)
    if first_word.is_slip(argv):
        last_words.say(first_word.told(command))
        raise SystemExit(2)
    try:
        return prepare_app(argv, window=wants_window(command))
    except Trouble as trouble:
        last_words.tell(str(trouble))
        raise SystemExit(1) from None


def prepare_app(argv: list[str], window: bool) -> Main | None:
    if window and not bootstrap.is_usable():
        from playground.start import display_check

        display_check.check_display()  # better now than after a long download
    if not bootstrap.is_frozen():
        bootstrap.use_environment([str(ROOT / "main.py"), *argv])
    if window:
        from playground.start import display_check

        display_check.check_display()
        display_check.check_libraries()
        return None
    from playground.cli.commands import main

    return main


def wants_window(command: str) -> bool:
    option = command.startswith("-") and command not in ("-h", "--help")
    return not command or option or command in first_word.WITH_WINDOW or first_word.is_file(command)


def told(text: str) -> int:
    print(text)
    return 0
