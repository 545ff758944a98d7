"""An address of another system that every delivery is posted to, signed."""
