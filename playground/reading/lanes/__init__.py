"""Lanes: what each worker did, from ring records (`store`), from samples of threads that tell nothing (`sampled_lanes`,
`sightings`), and of threads that are no workers (`started_lanes`); `heat_bins` counts very many at once."""
