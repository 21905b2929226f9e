"""One module per shape of matches: from people and rules to a problem, and from its answer to proposals."""
