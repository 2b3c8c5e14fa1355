"""Making a state real somewhere harmless, and remembering what came of it."""
