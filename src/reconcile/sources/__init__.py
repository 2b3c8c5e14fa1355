"""Desired state in any form: models, YAML, SQL, another database. The door is desired.py."""
