"""What is taken back, and how long what is kept may stay."""
