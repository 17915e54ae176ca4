"""Concurrency Playground's core: what there is to see of a run, without Qt. `lint-imports` holds the order of its
rooms: `cli` over `verdict` and `script`, over `run`, over `figures`, over `reading`, over `interpreters`, over
`recipe`, over `catalogue` and `hosts`, over `start` and `files`, over `lab`. A room imports only rooms below it."""
