"""The window: everything that knows Qt. `app` starts and ends it, `window` composes the rooms: `stage`, `recipe`,
`code`, `runs` and the `shell` around them, over `workers` (threads), `settings`, `loop` (the clock, and what keeps the
window answering) and `kit` (widgets that know no run). A room imports only rooms below it; the stage takes `loop` and
`kit` alone. `actions` has every command with its key; `dev` measures and watches the app."""
