"""The command line: what its words ask for (`dispatch`, `options`), doing it without a window (`commands`), and what is
printed (`report`). Top room of the core: it may import all others, and only main.py and ui/app.py import it."""
