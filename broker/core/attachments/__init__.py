"""Files beside messages: what is said of them, how they are cut up, what they bear."""
