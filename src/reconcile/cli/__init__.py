"""The command line: one file a command. Calls api.py and reports; decides nothing about schemas."""
