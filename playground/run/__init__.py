"""A run, controlled: `run` starts, pauses, stops and ends it by an engine (`lab_session` is the one of a lab process),
in a folder of its own (`run_folder`), with the GIL probe beside it. What it has written is read and summed up
below, in `reading` and `figures`."""
