"""The directory of the federation, a TUF repository."""
