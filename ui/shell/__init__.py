"""What holds the rooms together: the split between stage and right column, the column's tabs, the course of a run, each
frame, figures put into words twice a second, troubles, and where the keyboard goes. May import all rooms; only `window`
imports it."""
