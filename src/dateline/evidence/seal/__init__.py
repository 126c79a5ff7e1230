"""Seals: a signed tree over the custody log, timed by outside authorities, so that no line can change unseen."""
