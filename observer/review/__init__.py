"""Verification and incidents; hands on a submission with a status."""
