"""The Code tab: editor, the file that it keeps, whether code from elsewhere may run, and which line each worker is at.
May import `kit`, `loop`, `settings` and `runs`."""
