"""Sharing policy: what may go to whom, and why not."""
