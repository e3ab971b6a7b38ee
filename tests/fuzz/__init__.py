"""Readers and settings under inputs that nobody would write on purpose; see docs/robustness.md."""
