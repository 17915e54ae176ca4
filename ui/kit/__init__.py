"""The widget kit: theme, icons, and controls that know no run and no recipe. Imports nothing else of ui."""
