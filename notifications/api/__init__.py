"""/api/v1: the inbox, what a person wants to hear and where, and what became of it."""
