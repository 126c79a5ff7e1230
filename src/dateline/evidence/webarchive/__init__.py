"""Web archives that other programs made: WARC files, and WACZ packages of them; read, checked, taken from."""
