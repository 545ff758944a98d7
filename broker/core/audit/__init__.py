"""The log: an RFC 6962 tree in tiles, its checkpoints and proofs."""
