"""Loops that know ports only."""
