"""One folder a database; what they have in common is in base.py, sqltext.py, session.py and connect.py."""
