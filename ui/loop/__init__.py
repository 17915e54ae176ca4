"""The UI's own loop: its clock and how late it is, faults and garbage collected between two events, files looked at in
threads beside it, scripts of steps (`steps`), and the words for getting out of a freeze. May import `kit`."""
