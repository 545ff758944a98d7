"""The command `rogatory`."""

from broker.cli.main import main

__all__ = ["main"]
