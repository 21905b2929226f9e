"""The only date algebra: durations, phases, moments, time zones and weekly hours."""
