"""What both sides of a lab share: layouts of rings and mapped files, ops, knobs, declarations of models and jobs.
Imports nothing else of the lab."""
