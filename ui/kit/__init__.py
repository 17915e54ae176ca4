"""The widget kit: theme (colours, sizes, fonts), patterns of states, icons, and controls that know no run and no
recipe. Imports nothing else of ui."""
