"""What goes on beside workers: the folder and knobs of their run (`run_site`), sizing of pieces (`calibrate`),
fetching, and the process that hears Esc while the window cannot. May import `wire` and `watching`."""
