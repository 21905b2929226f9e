"""Files to text and rows. The only place that opens what an admin or a stranger wrote."""
