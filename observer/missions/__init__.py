"""Missions, rounds, regions, places, teams and assignments; hands on the places."""
