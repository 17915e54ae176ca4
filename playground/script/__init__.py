"""Copy as script: a recipe as one stand-alone program, made from the source of its job and a template for its model in
resources/scripts. `making` is the entry. May import `recipe`, `interpreters` and what is below."""
