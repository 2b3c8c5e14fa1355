"""What could hurt: one rule a file, stable codes. Rules look at steps as data, never at SQL text."""
