"""Drivers: one file for each thing outside the process."""
