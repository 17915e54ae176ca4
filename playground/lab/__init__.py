"""What runs inside a lab process: standard library only, Python 3.8 and later, and PyPy."""
