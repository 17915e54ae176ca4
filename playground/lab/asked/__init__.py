"""What a Python answers when the app asks who it is and what it can run. `who_am_i` is read by any Python, 2.7 too."""
