"""A file for each kind of package."""
