"""What there is to look at while a job runs: one file for each kind (a job's LOOK names its own)."""
