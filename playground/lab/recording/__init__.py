"""What a worker writes down: `worker` is its life, `drive` carries out the ops of a job and stamps each; the others
serve workers that are made of coroutines, greenlets or plain functions. May import `wire`, `watching` and `beside`."""
