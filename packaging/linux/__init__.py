"""What the packages for Linux have besides the frozen app."""
