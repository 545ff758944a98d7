"""Evidence: one file that shows what was sent and received, checked without us."""
