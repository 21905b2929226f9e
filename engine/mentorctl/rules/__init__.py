"""Fields of the roster contract and the rules that compare people by them."""
