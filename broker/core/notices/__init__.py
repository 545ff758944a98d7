"""Notices, leads and profiles as lists show them, as pure values.

Finding the messages is left to `broker.app.notices`.
"""
