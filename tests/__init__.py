"""The tests: `python3 -m tests` makes what they need and runs core (no Qt), ui (offscreen) and e2e (a real window)."""
