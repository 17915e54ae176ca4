"""Figures: the records that views, verdict and `run --json` read (`records`), and the sums behind them (`measured`),
each sum in a file of its own. May import `reading` and what is below it, but not `run`."""
