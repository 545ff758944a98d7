"""Measurements of the exchange: run with `make bench`."""
