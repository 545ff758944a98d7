"""Registers that a node makes of what it was told: certificates, holdings, practices.

Pure values and functions. Reading contents is left to `broker.app`, deciding to people.
"""
