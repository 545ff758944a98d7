"""What a party makes of the route intelligence that it may read, as pure values.

Reading it from the store is left to `broker.app.routes`.
"""
