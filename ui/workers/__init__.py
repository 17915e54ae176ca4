"""The QThreads. None of them touches a widget; they answer with lifecycle signals, and data is pulled from them. May
import `loop` and `kit` (for names of keys)."""
