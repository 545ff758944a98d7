"""Figures for reports: what was recovered, what was traced, and what may be shown.

Where the records come from is left to `broker.app`.
"""
