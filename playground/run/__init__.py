"""Controlling a run: `run` starts, pauses, stops and ends it through an engine (`lab_session` is the engine of a lab
process), in a folder of its own (`run_folder`), with the GIL probe beside it. What the run writes is read in `reading`
and summed up in `figures`."""
