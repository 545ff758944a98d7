"""HTTP as the interface and the adapters use it: serving, and calling out."""
