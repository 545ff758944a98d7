"""The only place where the broker touches generated protobuf."""
