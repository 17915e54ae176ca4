"""Concurrency Playground's core: recipes, runs, and what there is to see of them, without Qt. `lint-imports` holds the
order of its rooms: `cli` over `verdict` and `script`, over `run`, over `figures`, over `reading`, over `interpreters`,
over `recipe`, over `catalogue` and `hosts`, over `start`, over `files`, over `lab`. A room imports only rooms below
it."""
