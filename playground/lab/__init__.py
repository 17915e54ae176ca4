"""What runs inside a lab process: standard library only, Python 3.8 and later, and PyPy. `wire` is what both sides
of a lab share; of the rest the app imports only what in-app runs need."""

RECIPE = "recipe.json"  # the file in a run's directory from which a lab takes its recipe
