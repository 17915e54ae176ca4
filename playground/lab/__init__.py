"""What runs inside a lab process: standard library only (and the optional packages of some models), Python 3.8 and
later, and PyPy. `wire` is what both sides of a lab share; `lab` is what a model sees. Of the rest the app imports what
in-app runs need, and what it has to know of Pythons, processes and threads."""

RECIPE = "recipe.json"  # the file in a run's directory from which a lab takes its recipe
