"""Where a weapon is asked about next, and what the answers make of its history.

Values in, values out. What may be sent is left to the policies, what is possible in a
leg to `broker.core.cases`.
"""
