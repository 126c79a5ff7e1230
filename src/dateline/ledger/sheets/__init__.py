"""Records as spreadsheets, for people who don't write TOML: one sheet a kind, one row a record, there and back."""
