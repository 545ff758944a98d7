"""Assistance between States: needs, offers, projects and reviews, as pure values.

Finding the messages is left to `broker.app.assistance`.
"""
