"""Mutation: one small change at a time to what makes the figures, and whether a test notices. A change that no test
notices is a figure, a threshold or a rule that nothing holds.

`python3 -m tests mutants --help` says how; docs/testing.md has what came of it."""
