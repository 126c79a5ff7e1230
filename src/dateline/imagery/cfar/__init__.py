"""Constant-false-alarm-rate detection: statistics of rings around pixels, models of clutter, thresholds."""
