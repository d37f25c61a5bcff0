"""The statement: its text, its live figures, its PDF."""
