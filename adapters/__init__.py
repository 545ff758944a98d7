"""Bridges between a node and a national system; one folder for each kind."""
