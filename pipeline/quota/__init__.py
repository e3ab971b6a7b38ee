"""The quota stage."""
