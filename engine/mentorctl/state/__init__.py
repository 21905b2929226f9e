"""What is true now, as values, and their codec."""
