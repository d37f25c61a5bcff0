"""Figures with their base, by region; hands on findings and coverage."""
