"""What the app writes down about itself, for the time when something went wrong: a log, what Python says of a hard
crash, and a mark while it lives, from which the next start learns how this one ended. May import `start` and
`files`."""
