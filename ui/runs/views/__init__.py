"""The Look tab: one view for each kind of job, named by the job's LOOK."""
