"""Deliveries as events of MISP's core format."""
