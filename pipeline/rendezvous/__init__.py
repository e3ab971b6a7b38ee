"""The rendezvous stage."""
