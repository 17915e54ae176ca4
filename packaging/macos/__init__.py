"""What an app has on macOS and nowhere else: its Info.plist."""
