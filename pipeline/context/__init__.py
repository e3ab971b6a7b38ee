"""The context stage."""
