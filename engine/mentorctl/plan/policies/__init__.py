"""What a plan does, held against what was agreed beforehand: facts of a plan, rules over them, and what they say."""
