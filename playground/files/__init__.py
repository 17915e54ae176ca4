"""Reading and writing: files that are written whole or not at all, TOML and JSON, programs on PATH, and text from
elsewhere made fully visible. Imports nothing else of this project."""
