"""Records from plain texts, as people type, paste or keep them in a spreadsheet; and records spelt as such texts."""
