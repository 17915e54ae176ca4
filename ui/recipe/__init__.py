"""The sentence at the top: its chips and menus, the typed line, knobs, palette, races, recent recipes, the known
Pythons, and the gate between Run and a run. May import `kit`, `loop`, `settings`, `workers`, `runs`, `code` and
`actions`."""
