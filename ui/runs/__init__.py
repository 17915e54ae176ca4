"""The runs of this window, and all that is said of them: verdict, tasks, table, comparison, output, the Look tab's
views. May import `kit`, `loop`, `settings` and `workers`."""
