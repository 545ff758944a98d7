"""The exchange: envelope, policy, relay, log and node."""
