"""Times for meetings: whole series per pair, events for many and training sessions with seats."""
