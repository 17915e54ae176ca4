"""The runs of this window and what is said of them: verdict, tasks, table, comparison, output and the Look tab's views.
May import `kit`, `loop`, `settings` and `workers`."""
