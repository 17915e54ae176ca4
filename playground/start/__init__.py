"""Before anything else: `.venv` and its packages, missing system libraries, and how this project starts its own
processes (`command`). `bootstrap`, `environment` and `display_check` use only the standard library, as nothing else is
there yet. May import `files`."""
