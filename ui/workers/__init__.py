"""Work beside the UI thread, none of which touches a widget: the QThreads, and the engines of runs inside this app
(`engines`, `in_app`). They answer with lifecycle signals; data is pulled from them. May import `loop` and `kit` (for
names of keys)."""
