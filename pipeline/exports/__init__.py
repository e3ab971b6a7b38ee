"""The exports stage."""
