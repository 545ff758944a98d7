"""Joint operations: closed groups with an end, as pure values.

Reading messages is left to `broker.services.operations`.
"""
