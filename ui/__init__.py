"""The window: everything that knows Qt. `window` composes the rooms: `stage`, `recipe`, `code`, `runs` and the `shell`
around them, over `workers` (threads), `settings`, `loop` (the clock, and what keeps the window answering) and `kit`
(widgets that know no run). A room imports only rooms below it; of these the stage takes `loop` and `kit` alone."""
