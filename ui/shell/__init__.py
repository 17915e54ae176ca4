"""What holds the rooms together: the split between stage and right column, the column's tabs, figures put into words
twice a second, and where the keyboard goes. May import all rooms; only `window` imports it."""
