"""The sentence at the top: its chips and menus, the typed line, knobs, palette, races, recent recipes, the Pythons that
are known, and the gate between Run and a run. May import `kit`, `loop`, `settings`, `workers`, `runs` and `code`."""
