"""The ledger for other programs: sheets, maps, timelines, fact checks, entities. Each says what it loses."""
