"""Decisions as mathematics: scores, matchings and timetables, each answer checked without the solver."""
