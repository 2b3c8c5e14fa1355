"""Revision files: reading, writing and sealing one; the folder of them as a graph; what merges by itself."""
