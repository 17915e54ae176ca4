"""What runs inside a lab process: standard library only, Python 3.8 and later, and PyPy."""

RECIPE = "recipe.json"  # the file in a run's directory from which a lab takes its recipe
