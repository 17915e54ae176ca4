"""What a worker writes down: `worker` drives the ops of a job and stamps each; the others serve workers that are made
of coroutines, greenlets or plain functions. May import `wire`, `watching` and `beside`."""
