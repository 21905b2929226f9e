"""What a program would come to: its definition run over many invented people, or over those who are in it now."""
