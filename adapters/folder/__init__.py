"""Files in folders: what comes is written out, and what is dropped is sent."""
