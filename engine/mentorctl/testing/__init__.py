"""Tests that admins write for their programs, run on a state in memory: given people and a day, when, then."""
