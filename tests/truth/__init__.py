"""Independent observers: they look at a lab from outside and share no code with what they check, so that a mistake of
the app is not made twice. `python3 -m tests truth` compares what the app says with what they see (docs/truth.md)."""
