"""Copy as script: a recipe as one stand-alone program, made of the sources of its job and model and of a template in
resources/scripts. `making` is the door. May import `recipe`, `interpreters` and what lies below."""
