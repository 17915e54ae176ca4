"""Files and texts: written whole or not at all, TOML and JSON, programs on PATH, and text from elsewhere so that all of
it is seen. Imports nothing else of this project."""
