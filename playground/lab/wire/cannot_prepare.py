"""A run cannot have what its job needs beside the workers: folders, files, a server."""


class CannotPrepare(Exception):
    """The reason, in words for people."""
