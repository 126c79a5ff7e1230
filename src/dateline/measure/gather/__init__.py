"""Gatherers: one module a kind of table that methods read. A card names the one it needs."""
