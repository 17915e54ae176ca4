"""The stage: UI pulse, GIL ribbons, lanes and cores, drawn on one clock. `Stage` stacks the bands: `pulse`, a
`run_group` for each run (its ribbons, `lanes_plot` or, of very many, `heat_plot`, and its lens), and `cores_band`.
Each band holds a pyqtgraph plot with one item that blits a picture kept by numpy. It draws any `StageRun`. May
import `kit` and `loop`."""
