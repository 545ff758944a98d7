"""A bridge to an INTERPOL-style register of firearms and traces."""
