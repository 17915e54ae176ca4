"""The settings panel: each setting as it describes itself, the keys of all commands, and what a change brings about."""
