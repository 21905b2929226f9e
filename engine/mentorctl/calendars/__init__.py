"""Calendars: sessions as entries, and entries as iCalendar files."""
