"""Exports: what was reported, as files for other programs."""
