"""Maps of findings, coverage and incidents."""
