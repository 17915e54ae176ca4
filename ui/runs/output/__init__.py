"""The Output tab: what workers print, as a list that paints only the rows in sight."""
