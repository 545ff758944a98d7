"""What runs the adapters of a node: found by entry point, configured, fed, watched."""
