"""A declarative schema-state reconciler for PostgreSQL, MySQL/MariaDB and SQLite."""
