"""Lanes: what each worker did. Segments are made from ring records (`recorded_lanes`), from the probe's samples of
threads that record their ops (`sightings`) or nothing (`sampled_lanes`), and for threads that are no workers
(`started_lanes`). `store` keeps them; `heat_bins` counts very many lanes at once. `live_edge` says what each lane has
done since its last record."""
