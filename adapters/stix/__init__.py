"""Deliveries as STIX 2.1, served and pushed by TAXII 2.1."""
