"""Dates as people say them, in several languages, read against the day they were said."""
