"""The Output tab: what workers print, as a list of which only the rows in sight are painted."""
