"""Programs as state machines: definition, checks, and one step at a time."""
