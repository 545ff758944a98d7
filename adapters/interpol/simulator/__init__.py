"""A stand-in for the register, as a process of its own: it says so in every answer."""
