"""What statements rest on, and what may be one: shared by the methods that count by origin and not by statement."""
