"""The stage: UI pulse, GIL ribbons, lanes and cores, drawn on one clock. `Stage` stacks the bands; each is a pyqtgraph
plot in which one item blits a picture that numpy keeps. Draws anything that is a `StageRun`. May import `kit` and
`loop`."""
