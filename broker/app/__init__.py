"""The composition root: the one floor that names every concrete class."""
