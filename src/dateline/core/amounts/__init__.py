"""Amounts as people say them, in several languages: bounds with their words kept."""
