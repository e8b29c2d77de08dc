"""Pages of pairing and help."""
