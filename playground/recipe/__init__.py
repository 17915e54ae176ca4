"""The recipe: what can be run, from a TOML file or one typed line, checked against what the machine holds, and the
user's own code that it may carry. `mistakes` has the words for what is wrong. May import `catalogue`, `hosts`,
`files` and `lab`'s wire."""
