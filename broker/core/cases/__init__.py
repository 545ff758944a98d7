"""What becomes of a matter that parties exchange messages about, as pure values.

Reading contents is left to `broker.core.codec`, keeping and reminding to the services.
"""
