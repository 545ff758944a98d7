"""Decisions without input or output: bytes, values and `now` in, values out."""
