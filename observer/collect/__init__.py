"""The phone pages and the submissions API; hands on a stored submission."""
