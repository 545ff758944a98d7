"""What happens to a message at the origin, at the hub and at the recipient."""
