"""Data files that ship with the package; each beside the script that made it."""
