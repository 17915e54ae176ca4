"""What the app remembers: settings in a file that several windows share, how the window looks and where it is. May
import `kit` and `loop`."""
