"""Pages of villages and of grants."""
