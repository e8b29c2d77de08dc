"""The "331" rules, pure: a scheme and inputs in, points and their explanation out (`domain.md` §6.3)."""
