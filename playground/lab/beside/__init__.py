"""What goes on beside workers: the folder and knobs of their run (`run_site`), the sizing of pieces (`calibrate`),
messages that nothing records (`plain_messages`), fetching (`http_get`), and the process that hears Esc while the window
cannot (`way_out`). May import `wire` and `watching`."""
