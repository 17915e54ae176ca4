"""What a Python answers when the app asks who it is and what it can run. Any Python can run `who_am_i`, even 2.7."""
