"""The six charts of a village, pure: a frozen snapshot in, pages out. No query, no clock."""
