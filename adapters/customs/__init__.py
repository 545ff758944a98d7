"""Customs, outwards: a watch-list for border posts, and what they report back."""
