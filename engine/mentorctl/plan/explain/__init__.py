"""Answers about the matches of a plan, as values with opaque ids and places in the files."""
