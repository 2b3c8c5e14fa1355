"""Rules about hazards that only PostgreSQL has: one a file."""
