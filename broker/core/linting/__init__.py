"""What would make a request fail, found before it is sent.

Every finding is advice: whether to send is left to the officer.
"""
