"""People, roles, sign-in and permissions; hands on the current person and what they may do."""
