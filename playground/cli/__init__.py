"""The command line: reading the arguments (`dispatch`, `options`), running a command without a window (`commands`,
`carrying_out`), asking before foreign code runs (`consent`), and printing the figures (`report`). The top layer of the
core: it may import every other package."""
