"""What a program has on Windows and nowhere else: version resource, manifest, installer."""
