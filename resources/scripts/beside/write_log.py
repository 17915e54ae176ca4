"""The log that *Write log* writes."""

BESIDE = ""
LOG = "workers.log"  # grows at its end, and stays where the program was started
