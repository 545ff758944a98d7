"""Keys and trust: who a party is, how it signs and seals, and the directory.

Leaves messages, policy and delivery to `broker`.
"""
