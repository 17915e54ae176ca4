"""Concurrency Playground's core: recipes, labs, rings, figures. It knows no Qt, and its `lab` package knows only the
standard library, because any Python from 3.8 on may be asked to be a lab. Keep this file free of imports."""
