"""Exact answers about conditions: can they hold together, and with which values."""
