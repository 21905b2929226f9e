"""Values → text, JSON, Markdown, HTML and diagrams. Nothing here reads or writes a file."""
