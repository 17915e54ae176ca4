"""Help: the guide with its pictures, what is new, about this app, its log; one window to read them in, and the menu
that opens it. May import `actions`, `runs`, `settings` and what is below."""
