"""What there is to ask about a matching: why, why not, what is missing, what would help, and what a place is worth."""
