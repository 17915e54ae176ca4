"""Before anything else: `.venv` and its packages, missing system libraries, and how this project starts its own
processes (`command`). `bootstrap`, `environment` and `display_check` use only the standard library, as nothing else
is there yet. `logbook` is what the app writes down about itself, for when something goes wrong. May import
`files`."""
