"""The Code tab: the editor and its file, whether code from elsewhere may run, and which line each worker is at.
May import `kit`, `loop`, `settings` and `runs`."""
