"""Rules about hazards that only MySQL and MariaDB has: one a file."""
