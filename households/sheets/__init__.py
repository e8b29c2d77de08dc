"""The register as workbooks: what the columns are, what a file says, what is wrong with it, and our own files."""
