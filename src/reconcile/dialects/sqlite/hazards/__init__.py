"""Rules about hazards that only SQLite has: one a file."""
