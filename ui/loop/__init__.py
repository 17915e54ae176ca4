"""The UI's own loop: its clock and how late it is, faults and cycles collected between two events, disks that are asked
beside it. May import `kit`."""
