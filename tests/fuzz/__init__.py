"""Random recipes, lines and files, most of them almost right: does anything but a refusal in words come of them?
`grammar` makes them, `damage` spoils them, `doors` tries them, `__main__` is the command. See docs/testing.md."""
