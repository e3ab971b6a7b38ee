"""Scenes: one function a kind of event, each takes a Setting and gives a Scene."""
