"""Pages of figures and chart releases."""
