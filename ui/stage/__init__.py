"""The stage: UI pulse, GIL ribbons, lanes and cores, drawn on one clock. `Stage` stacks the bands; each is a pyqtgraph
plot with one item that blits a picture kept by numpy. It draws any `StageRun`. May import `kit` and `loop`."""
