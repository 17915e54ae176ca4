"""The stage: UI pulse, GIL ribbons, lanes and cores, drawn on one clock.

`Stage` stacks the bands; each band is a pyqtgraph plot in which one item blits a picture that numpy keeps."""
