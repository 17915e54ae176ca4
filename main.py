"""`python3 main.py` opens the window, `--help` tells the rest. An old Python, too, can read this, and say so."""

OLD = "Concurrency Playground needs Python 3.11+ (python.org/downloads): python3.11 main.py. This is Python "


def main():
    import sys

    if sys.version_info < (3, 11):
        sys.exit(OLD + sys.version.split()[0])
    try:
        from playground.cli import dispatch

        run = dispatch.prepare(sys.argv[1:])  # None: the window is wanted
        if run is None:
            from ui.app import main as run
        return run(sys.argv[1:])
    except (KeyboardInterrupt, Exception) as problem:  # by an icon there is no terminal to read it in
        from playground.start import last_words

        return last_words.tell_raised(problem)


if __name__ == "__main__":
    raise SystemExit(main())
