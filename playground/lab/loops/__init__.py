"""Workers that take turns in one thread: their steps (`turns`), the hub that wakes them, how they wait, and how late
their loop is. May import `recording`, `blocking` and what those import."""
