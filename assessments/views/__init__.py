"""The doors of the assessment, a module a noun."""
