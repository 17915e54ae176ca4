"""The recipe: everything that can be run, read from a TOML file or one typed line and checked against the machine, with
the user's own code that it may carry. `mistakes` words what is wrong with one. May import `catalogue`, `hosts`,
`files` and, of `lab`, the wire and the name of the user's module."""
